// Package config holds what files say that configure or deploy: settings with their
// positions, workloads with their commands, and the versions of libraries.
package config

import (
	"time"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// Files is what the files of one tree say.
type Files struct {
	Input     string
	Root      string
	Files     []File
	Workloads []Workload
	Packages  []Package
	Env       []EnvVar
}

// InputID is the input that the files were read from.
func (f *Files) InputID() string { return f.Input }

// Format is a file format that is read.
type Format string

// The formats.
const (
	RabbitMQConf   Format = "rabbitmq.conf"
	AdvancedConfig Format = "advanced.config"
	Definitions    Format = "definitions.json"
	Compose        Format = "compose"
	Dotenv         Format = "dotenv"
	Dockerfile     Format = "Dockerfile"
	Procfile       Format = "Procfile"
	EnabledPlugins Format = "enabled_plugins"
)

// File is one configuration file. Settings are in file order; of equal keys the last one
// counts where the format says so.
type File struct {
	Path     string
	Format   Format
	Role     code.Role
	At       *model.Origin
	Settings []Setting
}

// Setting is one key of a file. Secret values are masked; Length and Literal tell what
// may be told of them.
type Setting struct {
	Key     string
	Value   string // masked when Secret
	Secret  bool
	Literal bool // written there, not taken from the environment or encrypted
	Default bool // for secrets: it is the system's well-known default ("guest")
	At      *model.Origin
}

// Origin is where the setting stands.
func (s Setting) Origin() *model.Origin { return s.At }

// Last returns the last setting with this key.
func (f *File) Last(key string) (Setting, bool) {
	for i := len(f.Settings) - 1; i >= 0; i-- {
		if f.Settings[i].Key == key {
			return f.Settings[i], true
		}
	}
	return Setting{}, false
}

// Workload is a deployed process: a compose service, a Procfile line, a Dockerfile's
// command; later a Kubernetes container or a systemd unit.
type Workload struct {
	Name      string
	Format    Format
	Role      code.Role
	At        *model.Origin
	Image     Setting // Key "image"; Value "" when it builds
	Build     string  // folder that it is built from, "" when it uses an image
	Commands  []Command
	Env       []EnvVar
	Ports     []Port
	Volumes   []Volume
	Hostname  model.Known[string]
	Restart   model.Known[string]
	StopGrace model.Span // between the stop signal and the kill; the format's default when unset
	StopWith  model.Known[string]
	Replicas  model.Known[int64]
	Memory    model.Known[int64] // limit in bytes
	Profiles  []string
	Health    bool
	// Partial says why other files hold more of it, "" when this one has it all: what is
	// not here is then unknown, not absent.
	Partial string
	// EnvOpen says why Env may not be whole, "" when it is.
	EnvOpen string
}

// Origin is where the workload stands.
func (w Workload) Origin() *model.Origin { return w.At }

// Command is a command line of a workload, split into words; a shell script of several
// commands gives several.
type Command struct {
	Words []string
	Shell bool // run by a shell (string form, sh -c)
	Exec  bool // the shell replaces itself with it, so that it gets the signals
	Last  bool // nothing follows it in the script
	At    *model.Origin
}

// Port is a published port. Host is the address that it is published on, "" all of them.
type Port struct {
	Host              string
	Published, Target int
	At                *model.Origin
}

// Volume is a mount. Source is "" for an anonymous volume.
type Volume struct {
	Source, Target string
	ReadOnly       bool
	At             *model.Origin
}

// EnvVar is a variable that a file sets. Secret values are masked.
type EnvVar struct {
	Name  string
	Value model.Known[string] // unknown: passed through from outside
	// Fallback is what holds when the variables in a value that is passed through are not
	// set: "rabbit" for ${HOST:-rabbit}. Masked when Secret.
	Fallback model.Known[string]
	Secret   bool
	Default  bool // a secret that is the system's well-known default
	Service  string
	File     string
	At       *model.Origin
	// URL holds the parts of a value that is a broker URL, without its password.
	URL *URL
}

// Origin is where the variable stands.
func (v EnvVar) Origin() *model.Origin { return v.At }

// URL is a broker URL without its password.
type URL struct {
	Scheme, Host, User, VHost string
	Port                      int
	HasPassword, DefaultLogin bool
	// Unresolved names the parts (scheme, user, password, host, port, vhost) that come from
	// outside, by a variable. Such a part has the variable's fallback, else it is empty.
	Unresolved []string
}

// Package is a library named by a manifest or lock file.
type Package struct {
	Ecosystem string // python, npm
	Name      string // normalised: aio-pika, amqplib
	Version   model.Known[model.Version]
	Exact     bool // from a lock file or an == pin; else the lower bound of a range
	Dir       string
	At        *model.Origin
}

// Seconds is a Span helper for formats that give whole seconds.
func Seconds(n int64, what string, o *model.Origin) model.Span {
	return model.Exactly(time.Duration(n)*time.Second, what, o)
}
