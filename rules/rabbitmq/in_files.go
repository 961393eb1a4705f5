package rabbitmq

import (
	"iter"
	slashes "path"
	"regexp"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
	"qaudit/internal/rule"
)

// brokerFiles yields the configuration files of brokers in the trees.
func brokerFiles(e *model.Estate) iter.Seq[*config.File] {
	return func(yield func(*config.File) bool) {
		for _, f := range model.All[*config.Files](e) {
			for i := range f.Files {
				switch f.Files[i].Format {
				case config.RabbitMQConf, config.AdvancedConfig:
					if !yield(&f.Files[i]) {
						return
					}
				}
			}
		}
	}
}

// brokers yields the workloads that run a RabbitMQ broker.
func brokers(e *model.Estate) iter.Seq[*config.Workload] {
	return func(yield func(*config.Workload) bool) {
		for _, f := range model.All[*config.Files](e) {
			for i := range f.Workloads {
				if w := &f.Workloads[i]; isBroker(w.Image.Value) && !yield(w) {
					return
				}
			}
		}
	}
}

// brokerImage is the name of an image of RabbitMQ: the official one, Bitnami's, or one of
// another registry of the same name.
var brokerImage = regexp.MustCompile(`(^|/)rabbitmq(:|@|$)`)

func isBroker(image string) bool { return brokerImage.MatchString(image) }

// tag is the tag of an image, "" when it has none.
func tag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	base := slashes.Base(image)
	_, t, _ := strings.Cut(base, ":")
	return t
}

// service names a workload as a subject.
func service(w *config.Workload) rule.Ref {
	return rule.Ref{Kind: "service", Name: w.At.Place.File + " " + w.Name}
}

// forDevelopment says why a file is not meant for production, "" when nothing says so.
func forDevelopment(file string) string {
	base := strings.ToLower(slashes.Base(file))
	for _, word := range []string{"override", "test", "dev", "local", "ci", "debug", "example", "sample"} {
		if regexp.MustCompile(`(^|[._-])` + word + `([._-]|$)`).MatchString(base) {
			return "its name says that it is for " + word
		}
	}
	return ""
}
