// Package commandline splits the commands of workloads into words, and finds what a shell
// does between the workload and its process.
package commandline

import (
	"path"
	"slices"
	"strings"
)

// Command is one command of a command line or script.
type Command struct {
	Words []string
	Shell bool // a shell runs it
	// Exec: the signals sent to the workload reach it although a shell runs it, because
	// the shell replaces itself with it or hands the signals on by a trap.
	Exec       bool
	Last       bool // nothing follows it
	Start, End int  // offsets in the script; 0, 0 in list form
}

// Sh is the shell that runs a script.
type Sh uint8

// The shells, by what they do with the last command of a script. Measured with `sh -c` on
// dash 0.5.12 (the sh of Debian and Ubuntu images), which stays in front of every command,
// and on bash 5.2 and busybox ash 1.35 (the sh of Alpine images), which replace themselves
// with a last simple command, also behind "&&", "||" and ";", but not in a pipe; bash does
// not where the command redirects its output.
const (
	Stays Sh = iota // dash, and any shell that is not known
	Bash
	Ash
)

// maxScript bounds a script that is parsed: longer ones are no commands of workloads.
const maxScript = 64 << 10

// List reads a command in list form, which no shell runs unless the list itself names one:
// ["sh", "-c", "…"]. sh is what the name "sh" stands for in the image. A payload that does
// not parse gives an error beside what could be read.
func List(words []string, sh Sh) ([]Command, error) {
	return list(words, sh, 0)
}

func list(words []string, sh Sh, depth int) ([]Command, error) {
	if len(words) == 0 {
		return nil, nil
	}
	kind, payload, ok := payloadOf(words, sh)
	if !ok || depth >= maxDepth {
		return []Command{{Words: slices.Clone(words), Last: true}}, nil
	}
	commands, err := script(payload, kind, depth+1)
	for i := range commands {
		commands[i].Start, commands[i].End = 0, 0
	}
	return commands, err
}

// maxDepth bounds shells within shells.
const maxDepth = 4

// payloadOf finds the script in `sh -c script`, also behind wrappers such as tini. An init in
// front of the shell changes nothing: measured with tini 0.19 and dumb-init 1.2.5 before
// dash, the shell dies of the signal and the container with it, before its command is done.
func payloadOf(words []string, sh Sh) (kind Sh, payload string, ok bool) {
	for i, w := range words {
		switch path.Base(w) {
		case "sh":
			kind = sh
		case "bash":
			kind = Bash
		case "ash":
			kind = Ash
		case "dash", "zsh", "ksh":
			kind = Stays
		default:
			continue
		}
		for j := i + 1; j+1 < len(words); j++ {
			flags, isFlag := strings.CutPrefix(words[j], "-")
			if !isFlag {
				break
			}
			if !strings.HasPrefix(flags, "-") && strings.Contains(flags, "c") {
				return kind, words[j+1], true
			}
			if flags == "o" {
				j++
			}
		}
	}
	return 0, "", false
}
