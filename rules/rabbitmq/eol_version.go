package rabbitmq

import (
	"time"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// EOLVersion finds brokers that get no fixes any more.
var EOLVersion = rule.Rule{
	ID:       "rabbitmq/eol-version",
	Title:    "The broker gets no security fixes any more",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("B8", "E1"), Since: "0.1",
	Advice: "Upgrade step by step: 3.9 → 3.10 → 3.11 → 3.12 → 3.13 → 4.2 → 4.3, enabling all feature flags at each stop.",
	Live: func(p *rule.Pass, e *model.Estate) {
		for s := range clusters(p, e) {
			v, ok := s.Version.Get()
			r, known, newer := releaseOf(v)
			newest := r.series == releases[len(releases)-1].series
			switch {
			case !ok: // 1.
				p.Unknown(s, "the broker's version is not known")
			case newer: // 2. Newer than the table.
				p.Unknown(s, "RabbitMQ %s is newer than this qaudit", v.Series())
			case known && newest && p.Now.After(r.end): // 3. Its date may have been moved.
				p.Unknown(s, "when support of %s ends is not known to this qaudit", r.series)
			case known && !p.Now.After(r.end): // 4.
				p.Pass(s)
			default: // 5.
				end := "ended before 2022"
				if known {
					end = "ended on " + r.end.Format(time.DateOnly)
				}
				f := p.Fail(s, "community support of RabbitMQ %s %s", v.Series(), end).
					See(s.Version, "version "+v.String()+"; a distribution's own build can have security fixes of the distribution")
				if !v.Less(model.Version{3, 13}) {
					f.At(rule.High)
				}
			}
		}
	},
}
