package celeryworker

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// command is a celery command taken apart.
type command struct {
	name    string // worker, beat
	options map[string]string
	nodes   int64 // of celery multi, else 0
	// perNode: celery multi gives queues to some of the nodes only.
	perNode bool
}

// others are commands that name celery without starting it.
var others = []string{"pip", "pip3", "echo", "printf", "grep", "pgrep", "pkill", "kill", "killall", "which", "type",
	"chown", "chmod", "mkdir", "touch", "rm", "cp", "mv", "ls", "cat", "sed", "cd", "ps", "test", "[", "useradd", "adduser",
	"groupadd", "apt", "apt-get", "apk", "yum", "dnf", "systemctl", "service", "supervisorctl", "docker",
	"docker-compose", "kubectl", "export", "source", ".", "trap", "wait", "sleep", "until", "ping", "nc", "curl"}

// parse recognises a command: celery itself, or celery behind whatever starts it (python
// -m, poetry run, watchmedo … --, an entrypoint script).
func parse(words []string) (command, bool) {
	if len(words) == 0 || slices.Contains(others, path.Base(words[0])) {
		return command{}, false
	}
	for i, w := range words {
		switch path.Base(w) {
		case "celery", "celery.exe":
			if c, ok := celery(words[i+1:]); ok {
				return c, true
			}
		case "celeryd":
			return options("worker", words[i+1:]), true
		case "celerybeat":
			return options("beat", words[i+1:]), true
		}
		// watchfiles and nodemon take the command as one word.
		if inner := strings.Fields(w); len(inner) > 1 && i > 0 && path.Base(inner[0]) == "celery" {
			if c, ok := celery(inner[1:]); ok {
				return c, true
			}
		}
	}
	return command{}, false
}

// celery reads what follows the name of the program, in the order of version 5 (options,
// command, options) and of the older ones (command, options).
func celery(args []string) (command, bool) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "worker" || a == "beat":
			rest := slices.Concat(args[:i], args[i+1:])
			return options(a, rest), true
		case a == "multi":
			return multi(slices.Concat(args[:i], args[i+1:]))
		case !strings.HasPrefix(a, "-"):
			return command{}, false
		}
		if _, _, takes := option("", args, i); takes {
			i++
		}
	}
	return command{}, false
}

func options(name string, args []string) command {
	c := command{name: name, options: map[string]string{}}
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") || args[i] == "-" || args[i] == "--" {
			continue
		}
		key, value, takes := option(name, args, i)
		if takes {
			i++
		}
		c.options[key] = value
	}
	return c
}

// short are the long names of the options with one letter.
var short = map[byte]string{'A': "--app", 'b': "--broker", 'C': "--no-color", 'q': "--quiet", 'n': "--hostname",
	'D': "--detach", 'S': "--statedb", 'l': "--loglevel", 'O': "--optimization", 'c': "--concurrency", 'P': "--pool",
	'E': "--task-events", 'Q': "--queues", 'X': "--exclude-queues", 'I': "--include", 'B': "--beat",
	's': "--schedule", 'f': "--logfile"}

// alias are the older and second names of options.
var alias = map[string]string{"--events": "--task-events", "--schedule-filename": "--schedule", "--discard": "--purge",
	"--maxtasksperchild": "--max-tasks-per-child", "--maxmemperchild": "--max-memory-per-child",
	"--detached": "--detach"}

// flags are the options without a value.
var flags = []string{"--no-color", "--quiet", "--version", "--skip-checks", "--detach", "--disable-prefetch",
	"--task-events", "--purge", "--without-gossip", "--without-mingle", "--without-heartbeat", "--beat", "--help",
	"--enable-remote-control", "--no-enable-remote-control", "--no-execv"}

// option reads the option at args[i]: its long name, its value, and whether that is the
// next word.
func option(name string, args []string, i int) (key, value string, takes bool) {
	a := args[i]
	if strings.HasPrefix(a, "--") {
		key, value, has := strings.Cut(a, "=")
		if long, ok := alias[key]; ok {
			key = long
		}
		return operand(key, value, has, args, i)
	}
	if a == "-" {
		return a, "", false
	}
	key = short[a[1]]
	if key == "" {
		key = a[:2]
	}
	if name == "beat" && a[1] == 'S' {
		key = "--scheduler"
	}
	rest := a[2:]
	if strings.HasPrefix(rest, ":") { // celery multi: -Q:1-3 queues
		return operand(key+rest, "", false, args, i)
	}
	return operand(key, strings.TrimPrefix(rest, "="), rest != "", args, i)
}

func operand(key, value string, has bool, args []string, i int) (string, string, bool) {
	if slices.Contains(flags, key) {
		return key, "true", false
	}
	if has {
		return key, value, false
	}
	if i+1 < len(args) && (!strings.HasPrefix(args[i+1], "-") || number(args[i+1])) {
		return key, args[i+1], true
	}
	return key, "true", false
}

func number(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// multi reads `celery multi start 3 …` and `celery multi start name name …`.
func multi(args []string) (command, bool) {
	var plain []string
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			plain = append(plain, args[i])
			continue
		}
		if _, _, takes := option("worker", args, i); takes {
			i++
		}
	}
	if len(plain) == 0 || plain[0] != "start" && plain[0] != "restart" {
		return command{}, false
	}
	c := options("worker", args)
	c.nodes = int64(max(len(plain)-1, 1))
	if len(plain) == 2 {
		if n, err := strconv.ParseInt(plain[1], 10, 32); err == nil && n > 0 {
			c.nodes = n
		}
	}
	for key := range c.options {
		c.perNode = c.perNode || strings.HasPrefix(key, "--queues:")
	}
	return c, true
}
