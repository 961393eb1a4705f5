package rabbitmq

import "qaudit/internal/rule"

// Rules lists the rules of this folder, by name.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		&AtLeastOnceStuck,
		&AtLeastOnceWrongOverflow,
		&AutoAck,
		&BacklogGrowing,
		&ClassicInCluster,
		&ConsumerUnderused,
		&DeadLetterCycle,
		&DeadLetterExchangeMissing,
		&DeadLetterQueueDropsWhenFull,
		&DeadLetterQueueUnbounded,
		&DeadLetterQueueUnwatched,
		&DeadLetterUnroutable,
		&DeliveryLimitAbsent,
		&DeliveryLimitMinusOneOld,
		&DeliveryLimitNotCounting,
		&DeliveryLimitUnlimited,
		&DeliveryLimitWithoutDLX,
		&LeaderImbalance,
		&MirroredPolicy,
		&MirrorsUnsynced,
		&NoConsumers,
		&NoDeadLetter,
		&PollingConsumer,
		&PrefetchHuge,
		&PrefetchUnlimited,
		&QueueDown,
		&QueueExpiresWork,
		&QuorumCritical,
		&QuorumEven,
		&QuorumMemberOffline,
		&QuorumMembersFew,
		&RequeueLoop,
		&RetryRingUnbounded,
		&TransientMessages,
		&TransientQueue,
		&TTLShorterThanWait,
		&UnackedGrowing,
	}
}
