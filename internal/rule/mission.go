package rule

import (
	"strconv"
	"time"
)

// Item is an item of the mission: P3, M2 …
type Item string

// Items makes a list of them.
func Items(ids ...Item) []Item { return ids }

// MissionItem is a line of the mission.
type MissionItem struct {
	Item Item
	What string
}

// Mission is what qaudit must cover, item by item.
var Mission = []MissionItem{
	{"P1", "message acknowledgment ignored"}, {"P2", "workers overloaded, wrong concurrency"},
	{"P3", "dead-letter queue neglected"}, {"P4", "monitoring inadequate"},
	{"P5", "configuration hard-coded"}, {"P6", "retry logic untested"},
	{"P7", "message size limits ignored"},
	{"B1", "idempotent consumers"}, {"B2", "circuit breakers"}, {"B3", "timeouts"},
	{"B4", "queue length monitored"}, {"B5", "backoff"}, {"B6", "bulk processing"},
	{"B7", "compression"}, {"B8", "configurations reviewed regularly"},
	{"B9", "message flows documented"}, {"B10", "tested under load"},
	{"M1", "acknowledge after success"}, {"M2", "dead-letter queue configured"},
	{"M3", "system health monitored"}, {"M4", "circuit breakers"},
	{"M5", "idempotent processing"}, {"M6", "worker configuration from load tests"},
	{"M7", "retry logic verified under failures"}, {"M8", "configuration externalised"},
	{"M9", "flows reviewed"}, {"M10", "large messages compressed"},
	{"V1", "throughput"}, {"V2", "latency"}, {"V3", "error rate"}, {"V4", "queue length"},
	{"V5", "worker utilisation"},
	{"T1", "retry with exponential backoff"}, {"T2", "dead-letter handling"},
	{"T3", "bulk processing"},
	{"C1", "design queue architectures"}, {"C2", "optimise workers"},
	{"C3", "set up retries and dead-letter queues"},
	{"C4", "analyse flow, find bottlenecks across services"},
	{"C5", "durability and consistency"}, {"C6", "monitor and log"},
	{"C7", "integrate with microservices"},
	{"D1", "criteria"}, {"D2", "trade-offs"}, {"D3", "decision tree"}, {"D4", "cost-benefit"},
	{"A1", "stream processing"}, {"A2", "consumer rate limiting"}, {"A3", "priorities"},
	{"A4", "dynamic scaling"}, {"A5", "transactional messaging"}, {"A6", "multi-region"},
	{"A7", "event sourcing"},
	{"S1", "messages not processed"}, {"S2", "high latency"}, {"S3", "messages pile up"},
	{"S4", "frequent failures"}, {"S5", "dead-letter queue fills up"}, {"S6", "duplicates"},
	{"S7", "slower over time"}, {"S8", "configuration change has no effect"},
	{"E1", "versions that people run"}, {"E2", "what operators have at hand"},
	{"E3", "the way they deploy"},
	{"G1", "MCP server"}, {"G2", "questions answered in words"}, {"G3", "any model provider"},
}

// count writes d in the unit, without needless decimals.
func count(d, unit time.Duration, name string) string {
	return strconv.FormatFloat(float64(d)/float64(unit), 'f', -1, 64) + " " + name
}
