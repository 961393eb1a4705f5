package rabbitmq

import (
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
	"qaudit/internal/rule"
)

// dataDir is where the official image and Bitnami's keep queues and definitions.
var dataDirs = []string{"/var/lib/rabbitmq", "/bitnami"}

// BrokerWithoutVolume finds containers that lose their messages when they are made anew.
var BrokerWithoutVolume = rule.Rule{
	ID:       "rabbitmq/broker-without-volume",
	Title:    "All messages and definitions go with the container",
	Severity: rule.High, Area: rule.Durability, Covers: rule.Items("C5", "E3"), Since: "0.1",
	Advice: "Mount a named volume on /var/lib/rabbitmq and set a fixed hostname: the node's name is part of the data's path.",
	Files: func(p *rule.Pass, e *model.Estate) {
		for w := range brokers(e) {
			data, mounted := dataVolume(w)
			switch {
			case w.Format != config.Compose: // 1.
				p.NotApplicable(service(w), "not a compose service")
			case w.Partial != "" && !mounted: // 2.
				p.Unknown(service(w), w.Partial)
			case forDevelopment(w.At.Place.File) != "": // 3.
				p.NotApplicable(service(w), forDevelopment(w.At.Place.File))
			case !mounted && !keepsRunning(w): // 4. Nothing says that it is meant to last.
				p.Fail(service(w), "the broker %s keeps its data in the container: they go when it is made anew", w.Name).
					At(rule.Low).See(w.Image)
			case !mounted: // 5.
				p.Fail(service(w), "the broker %s keeps its data in the container: an update of the image loses every message and definition", w.Name).
					See(w.Image).See(w.Restart, "it is meant to keep running: restart "+w.Restart.Or(""))
			case w.Hostname.Absent() && !fixedNode(w): // 6.
				v := p.Fail(service(w), "the broker %s has a volume and no fixed hostname: a new container has a new node name, and starts empty beside its old data", w.Name).
					See(rule.At{Where: data.At}, "data in "+data.Target)
				if !keepsRunning(w) {
					v.At(rule.Low)
				}
			default:
				p.Pass(service(w))
			}
		}
	},
}

func dataVolume(w *config.Workload) (config.Volume, bool) {
	for _, v := range w.Volumes {
		for _, d := range dataDirs {
			if v.Source != "" && (v.Target == d || strings.HasPrefix(v.Target, d+"/")) && !strings.HasSuffix(v.Target, ".json") && !strings.HasSuffix(v.Target, ".conf") {
				return v, true
			}
		}
	}
	return config.Volume{}, false
}

func keepsRunning(w *config.Workload) bool {
	r := w.Restart.Or("")
	return r == "always" || r == "unless-stopped" || strings.HasPrefix(r, "on-failure") || r == "any"
}

// fixedNode says that the node's name does not follow the hostname.
func fixedNode(w *config.Workload) bool {
	for _, v := range w.Env {
		if v.Name == "RABBITMQ_NODENAME" || v.Name == "RABBITMQ_NODE_NAME" {
			return true
		}
	}
	return w.EnvOpen != ""
}
