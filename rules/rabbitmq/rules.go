package rabbitmq

import "qaudit/internal/rule"

// Rules lists the rules of this folder, by name.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		&AtLeastOnceStuck,
		&AtLeastOnceWrongOverflow,
		&AutoAck,
		&BacklogGrowing,
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
		&NoConsumers,
		&NoDeadLetter,
		&PollingConsumer,
		&PrefetchHuge,
		&PrefetchUnlimited,
		&QueueExpiresWork,
		&RequeueLoop,
		&RetryRingUnbounded,
		&TransientMessages,
		&TransientQueue,
		&TTLShorterThanWait,
		&UnackedGrowing,
	}
}
