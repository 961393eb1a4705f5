package rabbitmq

import (
	"regexp"

	"qaudit/internal/model"
	"qaudit/internal/rule"
)

// pinned is a tag that names a minor version at least: 4.3, 3.13-management, 4.3.6-alpine.
var pinned = regexp.MustCompile(`^v?\d+\.\d+`)

// ImageUnpinned finds broker images whose version changes by itself.
var ImageUnpinned = rule.Rule{
	ID:       "rabbitmq/image-unpinned",
	Title:    "A restart can bring another major version of the broker",
	Severity: rule.Medium, Area: rule.Operations, Covers: rule.Items("B8", "E1", "E3"), Since: "0.1",
	Advice: "Name at least the minor version: rabbitmq:4.3-management.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for w := range brokers(e) {
			t := tag(w.Image.Value)
			switch {
			case !w.Image.Literal: // 1.
				p.Unknown(service(w), "the image's tag comes from outside")
			case pinned.MatchString(t): // 2.
				p.Pass(service(w))
			case forDevelopment(w.At.Place.File) != "": // 3.
				p.Fail(service(w), "the broker %s runs whatever version %s is on the day", w.Name, w.Image.Value).At(rule.Low).See(w.Image)
			default: // 4.
				p.Fail(service(w), "the broker %s runs whatever version %s is on the day: minor upgrades cannot be skipped, and a downgrade does not start", w.Name, w.Image.Value).See(w.Image)
			}
		}
	},
}
