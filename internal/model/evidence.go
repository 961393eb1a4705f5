package model

// Evidence is one thing seen that supports a finding.
type Evidence struct {
	Origin *Origin
	Value  string // what was seen, in words; "" when the excerpt says it
}

// Gap is something that could not be looked at.
type Gap struct {
	Input string
	Kind  GapKind
	What  string   // "vhost billing", "Kafka"
	Why   string   // "12 of 21 queues hidden from \"monitor\""
	Needs string   // what would open it: a command, a flag; "" when nothing does
	Place Place    // where, for code and files
	Rules []string // rules that it left unknown
	// Incomplete marks a gap that makes a run incomplete (exit 3): a named input
	// failed, or a part that the published read-only user may read was not read.
	Incomplete bool
}

// GapKind says why something was not looked at.
type GapKind string

// The kinds of gaps; the list may grow.
const (
	GapPermission  GapKind = "permission"
	GapVersion     GapKind = "version"
	GapTimeout     GapKind = "timeout"
	GapUnreachable GapKind = "unreachable"
	GapUnsupported GapKind = "unsupported"
	GapNotNamed    GapKind = "not_named"
	GapAmbiguous   GapKind = "ambiguous"
	GapUnreadable  GapKind = "unreadable"
)
