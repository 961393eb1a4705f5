package celery

import "qaudit/internal/rule"

// Rules lists the rules of this folder.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		&AutoretryBroad,
		&AutoretryNoBackoff,
		&BeatMultiple,
		&CanvasWithoutBackend,
		&ChordNeverFires,
		&CredentialLiteral,
		&EagerInProduction,
		&EarlyAck,
		&GetInTask,
		&IONoTimeout,
		&LateAckWorkerLost,
		&NoTimeLimit,
		&ORMArguments,
		&Pickle,
		&PrefetchLongTasks,
		&PublishBeforeCommit,
		&QueueWithoutConsumer,
		&RabbitMQAutoscaleNoEffect,
		&RabbitMQConsumerTimeout,
		&RabbitMQGlobalQoS,
		&RabbitMQNoPublishConfirm,
		&RejectDropsMessage,
		&ResultNoExpiry,
		&RetryInfinite,
		&RetrySwallowed,
		&ShellEatsSIGTERM,
		&ShutdownTooShort,
		&SoftLimitOverHard,
		&TLSVerifyOff,
		&VersionEOL,
		&WorkerLostLoop,
	}
}
