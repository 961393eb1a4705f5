package celery

import (
	"fmt"
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// SoftLimitOverHard finds soft limits that the hard limit leaves no time for.
var SoftLimitOverHard = rule.Rule{
	ID:       "celery/soft-limit-over-hard",
	Title:    "The hard time limit kills the task before the soft one can end it",
	Severity: rule.Medium, Area: rule.Failures, Covers: rule.Items("B3", "S8"), Since: "0.1",
	Advice: "Set the soft time limit below the hard one, with the time that the task needs to clean up between them.",
	// Equal limits leave no time at all: a margin of the smallest duration makes them fail.
	Estate: rule.Outlast(time.Nanosecond, limitPairs),
}

// limitPairs asks for each place that sets both limits whether the hard one is longer.
func limitPairs(e *model.Estate) []rule.Pair {
	var out []rule.Pair
	for _, a := range celery.Apps(e) {
		hard, soft := a.Number("task_time_limit"), a.Number("task_soft_time_limit")
		if h, ok := hard.Get(); ok && h > 0 {
			if s, ok := soft.Get(); ok && s > 0 {
				out = append(out, limitPair(a, a.Ref().Name,
					model.Exactly(celery.Seconds(h), "task_time_limit", hard.Origin()),
					model.Exactly(celery.Seconds(s), "task_soft_time_limit", soft.Origin())))
			}
		}
		for _, t := range a.Tasks {
			if !t.Own("time_limit") && !t.Own("soft_time_limit") {
				continue
			}
			if soft := t.SoftLimit(); !unlimited(soft) {
				out = append(out, limitPair(t, t.Name, t.HardLimit(), soft))
			}
		}
	}
	return out
}

func limitPair(s rule.Subject, name string, hard, soft model.Span) rule.Pair {
	return rule.Pair{Subject: s, A: hard, B: soft,
		Harm: fmt.Sprintf("SoftTimeLimitExceeded never reaches %s: the process is killed after %s, the soft limit is %s",
			name, rule.Duration(hard.Hi), rule.Duration(soft.Lo))}
}
