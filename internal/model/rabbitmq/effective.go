package rabbitmq

import (
	"regexp"

	"qaudit/internal/model"
)

// joinedByMinimum are the keys of which the smaller of argument and policy holds;
// of all others the argument wins. Measured on 3.10.8, 4.0.5 and 4.3.6.
var joinedByMinimum = map[string]bool{
	"max-length": true, "max-length-bytes": true, "message-ttl": true, "expires": true,
	"delivery-limit": true,
}

// foreignKeys are policy keys that a queue type does not support: one of them makes the
// whole policy skip the queue. From is_policy_applicable of each queue type in
// rabbitmq-server.
var foreignKeys = map[string][]string{
	"classic": {"delivery-limit", "dead-letter-strategy", "max-in-memory-length",
		"max-in-memory-bytes", "target-group-size", "max-age", "stream-max-segment-size-bytes",
		"stream-filter-size-bytes", "initial-cluster-size"},
	"quorum": {"ha-mode", "ha-params", "ha-sync-mode", "ha-promote-on-failure",
		"ha-promote-on-shutdown", "ha-sync-batch-size", "queue-mode", "max-priority",
		"queue-master-locator", "max-age", "stream-max-segment-size-bytes",
		"stream-filter-size-bytes", "initial-cluster-size"},
	"stream": {"ha-mode", "ha-params", "ha-sync-mode", "ha-promote-on-failure",
		"ha-promote-on-shutdown", "ha-sync-batch-size", "queue-mode", "max-priority",
		"queue-master-locator", "message-ttl", "expires", "max-length", "overflow",
		"dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy",
		"delivery-limit", "max-in-memory-length", "max-in-memory-bytes", "target-group-size"},
}

// ForeignKey returns a key of the policy that makes it skip queues of this type, "" when
// there is none.
func (p *Policy) ForeignKey(queueType string) string {
	for _, k := range foreignKeys[queueType] {
		if _, ok := p.Definition[k]; ok {
			return k
		}
	}
	return ""
}

// Matches says whether the policy's pattern and apply-to cover the queue, whether or not
// its keys are supported. A pattern that is no regular expression here matches nothing.
func (p *Policy) Matches(n Name, queueType string) bool {
	re, err := regexp.Compile(p.Pattern)
	return err == nil && matcher{p, re}.queue(n, queueType)
}

// smaller is the value that the broker takes of two that are joined by minimum. A
// negative delivery limit is no limit, so the larger one holds.
func smaller(key string, a, b Arg) Arg {
	if a.Kind != ArgInt || b.Kind != ArgInt {
		return a
	}
	if key == "delivery-limit" && (a.Int < 0 || b.Int < 0) {
		if a.Int > b.Int {
			return a
		}
		return b
	}
	if b.Int < a.Int {
		return b
	}
	return a
}

// join lays a policy's value over an argument's: the smaller for some keys, else the
// argument.
func join(key string, arg, policy model.Known[Arg]) model.Known[Arg] {
	switch {
	case arg.Present() && policy.Present():
		a, _ := arg.Get()
		b, _ := policy.Get()
		if joinedByMinimum[key] && smaller(key, a, b) == b {
			return policy
		}
		return arg
	case arg.Present() && (!joinedByMinimum[key] || policy.Absent()):
		return arg
	case arg.Present(): // the policy might have a smaller one
		return model.Unknown[Arg](policy.Why(), policy.Origin())
	case arg.Unknown():
		return arg
	}
	return policy
}

// Key strips the "x-" of an argument: policies have the same keys without it.
func Key(argument string) string {
	if len(argument) > 2 && argument[:2] == "x-" {
		return argument[2:]
	}
	return argument
}

// temporaryPrefixes are names that brokers and libraries generate for reply queues.
var temporaryPrefixes = []string{"amq.gen-", "amq.rabbitmq.reply-to", "mqtt-subscription-",
	"stomp-subscription-", "federation: "}
