package rabbitmq

import "qaudit/internal/rule"

// Rules lists the rules of this folder, by name.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		&AutoAck,
		&BacklogGrowing,
		&ConsumerUnderused,
		&DeadLetterExchangeMissing,
		&DeadLetterQueueDropsWhenFull,
		&DeadLetterQueueUnbounded,
		&DeadLetterQueueUnwatched,
		&DeadLetterUnroutable,
		&NoConsumers,
		&NoDeadLetter,
		&PollingConsumer,
		&PrefetchHuge,
		&PrefetchUnlimited,
		&RequeueLoop,
		&UnackedGrowing,
	}
}
