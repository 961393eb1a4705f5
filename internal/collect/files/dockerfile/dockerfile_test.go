package dockerfile

import (
	"fmt"
	"strings"
	"testing"
)

func show(f *File) string {
	var b strings.Builder
	vars := func(what string, in []Var) {
		for _, v := range in {
			fmt.Fprintf(&b, "%s %d:%d-%d:%d %s=%q", what, v.Span.Line, v.Span.Column, v.Span.EndLine, v.Span.EndColumn, v.Name, v.Value)
			if !v.HasValue {
				b.WriteString(" open")
			}
			if v.Raw {
				b.WriteString(" raw")
			}
			b.WriteByte('\n')
		}
	}
	command := func(what string, c Command) {
		if c.Set {
			fmt.Fprintf(&b, "%s %d:%d list=%v %q %q\n", what, c.Span.Line, c.Span.Column, c.List, c.Words, c.Script)
		}
	}
	vars("ARG", f.Args)
	for _, s := range f.Stages {
		fmt.Fprintf(&b, "FROM %d %s as %q\n", s.Span.Line, s.Image, s.Name)
		vars("ENV", s.Env)
		vars("ARG", s.Args)
		command("ENTRYPOINT", s.Entrypoint)
		command("CMD", s.Cmd)
		if s.StopSignal.Set {
			fmt.Fprintf(&b, "STOPSIGNAL %d %s\n", s.StopSignal.Span.Line, s.StopSignal.Value)
		}
		if s.Health || s.User.Set || s.Shell != nil || s.Volumes != nil {
			fmt.Fprintf(&b, "health=%v user=%s shell=%q volumes=%d\n", s.Health, s.User.Value, s.Shell, len(s.Volumes))
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, src, want, problems string }{
		{"exec form", "FROM python:3.12\nCMD [\"celery\", \"worker\"]\n", "FROM 1 python:3.12 as \"\"\nCMD 2:1 list=true [\"celery\" \"worker\"] \"\"\n", ""},
		{"shell form", "from --platform=linux/amd64 alpine as x\ncmd  celery worker\n", "FROM 1 alpine as \"x\"\nCMD 2:1 list=false [] \"celery worker\"\n", ""},
		{"continuation", "FROM a\nCMD celery \\\n  # a comment\n\n  worker \\  \n -c 4\n", "FROM 1 a as \"\"\nCMD 2:1 list=false [] \"celery \\\\\\n                 worker   \\\\\\n -c 4\"\n", ""},
		{"list over lines", "FROM a\nCMD [\"celery\", \\\n \"worker\"]\n", "FROM 1 a as \"\"\nCMD 2:1 list=true [\"celery\" \"worker\"] \"\"\n", ""},
		{"single quotes", "FROM a\nCMD ['celery']\n", "FROM 1 a as \"\"\nCMD 2:1 list=false [] \"['celery']\"\n", "f:2:1: CMD: its list is not JSON, so a shell runs it as it stands"},
		{"env", "FROM a\nENV A=b C=\"d e\" F='$g' \\\n    H=i\\ j\nENV OLD form here\n", `FROM 1 a as ""
ENV 2:5-2:8 A="b"
ENV 2:9-2:16 C="d e"
ENV 2:17-2:23 F="$g" raw
ENV 3:5-3:11 H="i j"
ENV 4:5-4:18 OLD="form here"
`, ""},
		{"args", "ARG TAG=3.9\nFROM rabbitmq:${TAG}\nARG X\nARG Y=1 Z\n", "ARG 1:5-1:12 TAG=\"3.9\"\nFROM 2 rabbitmq:${TAG} as \"\"\nARG 3:5-3:6 X=\"\" open\nARG 4:5-4:8 Y=\"1\"\nARG 4:9-4:10 Z=\"\" open\n", ""},
		{"heredoc", "FROM a\nRUN <<EOF cat <<-'E2'\nCMD no\nEOF\nENV NO=no\n\tE2\nCMD yes\n", "FROM 1 a as \"\"\nCMD 7:1 list=false [] \"yes\"\n", ""},
		{"heredoc that breaks off", "FROM a\nRUN echo 1<<EOF\nCMD yes\n", "FROM 1 a as \"\"\nCMD 3:1 list=false [] \"yes\"\n", ""},
		{"escape directive", "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nCMD celery `\n  worker c:\\x\n", "FROM 3 a as \"\"\nCMD 4:1 list=false [] \"celery \\\\\\n  worker c:\\\\x\"\n", ""},
		{"the rest", "FROM a\nSTOPSIGNAL SIGQUIT\nUSER app\nSHELL [\"/bin/bash\", \"-c\"]\nVOLUME [\"/x\", \"/y\"]\nHEALTHCHECK CMD x\nRUN a && b\n", "FROM 1 a as \"\"\nSTOPSIGNAL 2 SIGQUIT\nhealth=true user=app shell=[\"/bin/bash\" \"-c\"] volumes=2\n", ""},
		{"CRLF and BOM", "\ufeffFROM a\r\nCMD celery \\\r\n worker\r\n", "FROM 1 a as \"\"\nCMD 2:1 list=false [] \"celery  \\\\\\n worker\"\n", ""},
		{"unknown", "FROM a\nNOPE x\n{{ x }}\nCMD a\x00\nCMD b", "FROM 1 a as \"\"\nCMD 5:1 list=false [] \"b\"\n", "f:3:1: it is no instruction; f:4:1: a null byte stands in the line; f:2:1: NOPE: it is no instruction"},
		{"before FROM", "RUN x\n", "", "f:1:1: RUN: it stands before the first FROM"},
		{"half written", "FROM a\nENV A=\"b\nCMD [\"a\",", "FROM 1 a as \"\"\nENV 2:5-2:9 A=\"b\"\nCMD 3:1 list=false [] \"[\\\"a\\\",\"\n", ""},
		{"breaks off in a line that goes on", "FROM a\nCMD celery \\", "FROM 1 a as \"\"\nCMD 2:1 list=false [] \"celery  \"\n", ""},
		{"no image", "FROM\n", "FROM 1  as \"\"\n", "f:1:1: FROM: it names no image"},
	} {
		f, problems := Parse("f", []byte(c.src))
		var ps []string
		for _, p := range problems {
			ps = append(ps, p.Error())
		}
		if got := show(f); got != c.want || strings.Join(ps, "; ") != c.problems {
			t.Errorf("%s\n got %s%s\nwant %s%s", c.name, got, strings.Join(ps, "; "), c.want, c.problems)
		}
	}
}

func TestScriptOffsets(t *testing.T) {
	src := "FROM a\r\n# x\r\nCMD celery \\ \r\n  # a comment\r\n\r\n  worker \\\r\n -c 4\r\n"
	f, _ := Parse("f", []byte(src))
	c := f.Stages[0].Cmd
	for _, word := range []string{"celery", "worker", "-c 4"} {
		if got, want := c.Start+strings.Index(c.Script, word), strings.Index(src, word); got != want {
			t.Errorf("%s: offset %d, want %d", word, got, want)
		}
	}
}

func TestFinal(t *testing.T) {
	f, _ := Parse("f", []byte("FROM python:3-alpine AS base\nENV A=1\nCMD [\"a\"]\nSTOPSIGNAL SIGINT\nFROM base AS worker\nENV B=2\nENTRYPOINT [\"e\"]\nFROM base\nCMD [\"c\"]\n"))
	s, ok := f.Final("")
	if !ok || s.Image != "python:3-alpine" || s.Cmd.Words[0] != "c" || s.StopSignal.Value != "SIGINT" || len(s.Env) != 1 {
		t.Errorf("%+v", s)
	}
	s, ok = f.Final("WORKER")
	if !ok || s.Cmd.Set || s.Entrypoint.Words[0] != "e" || len(s.Env) != 2 || s.Env[0].Name != "A" {
		t.Errorf("%+v", s)
	}
	if _, ok := f.Final("nope"); ok {
		t.Error("a target that is not there")
	}
	if _, ok := (&File{}).Final(""); ok {
		t.Error("an empty file has no stage")
	}
	self, _ := Parse("f", []byte("FROM x AS x\n"))
	if s, ok := self.Final(""); !ok || s.Image != "x" {
		t.Errorf("%+v", s)
	}
}

func TestManyStages(t *testing.T) {
	f, problems := Parse("f", []byte(strings.Repeat("FROM a AS b\n", maxStages+1)+"CMD x\n"))
	if len(f.Stages) != maxStages || f.Stages[maxStages-1].Cmd.Set || len(problems) != 1 {
		t.Errorf("%d stages, %v", len(f.Stages), problems)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"FROM a\nENV A=\"b\\\n c\"\nCMD [\"x\"]", "# escape=`\nFROM a\nCMD a `\r\n# c\n b", "ARG A\nFROM $A AS b\nRUN <<A <<B\nA\nB\nVOLUME x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, _ := Parse("f", src)
		d.Final("x")
		for _, s := range d.Stages {
			if c := s.Cmd; c.Set && !c.List && c.Start+len(c.Script) > len(src) {
				t.Errorf("the script is longer than its source: %+v", c)
			}
		}
	})
}
