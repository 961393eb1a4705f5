package celery

import (
	"qaudit/internal/model"
	"qaudit/internal/model/celery"
	"qaudit/internal/rule"
)

// firstSupported is the oldest series that is still mended: 4.x had its last release,
// 4.4.7, in July 2020 and does not run on Python 3.12.
var firstSupported = model.Version{5, 0, 0}

// VersionEOL finds versions of Celery that nobody mends any more.
var VersionEOL = rule.Rule{
	ID:       "celery/version-eol",
	Title:    "This version of Celery gets no more fixes",
	Severity: rule.Medium, Area: rule.Operations, Covers: rule.Items("B8"), Since: "0.1", Preview: true,
	Advice: "Upgrade to the newest 5.x: first 4.4, then the new names of the settings, then 5.",
	Estate: each(func(p *rule.Pass, a *celery.App) {
		v, ok := a.Version.Get()
		switch {
		case !ok:
			p.Unknown(a, "the version of Celery is not known: %s", a.Version.Why())
		case v.Less(firstSupported):
			p.Fail(a, "%s runs on Celery %s: the last release of its series was 4.4.7, in July 2020", a.Ref().Name, v).
				See(a.Version, "celery "+v.String())
		default:
			p.Pass(a)
		}
	}),
}
