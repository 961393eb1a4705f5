package target

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// logins resolves the credentials of the targets and shows them as "user:password".
func logins(t *testing.T, c Credentials, targets []*Target) (string, error) {
	t.Helper()
	err := c.Resolve(t.Context(), targets)
	var out []string
	for _, x := range targets {
		out = append(out, x.Login.User+":"+x.Login.Password.Reveal())
	}
	return strings.Join(out, " "), err
}

func targets(t *testing.T, args ...string) []*Target {
	t.Helper()
	var all []*Target
	for _, a := range args {
		x, err := Parse(a)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestCredentialsInOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pw")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const url = "orders=http://u:fromurl@h:15672"
	all := env("QAUDIT_ORDERS_PASSWORD", "named", "QAUDIT_PASSWORD", "general")
	for _, c := range []struct {
		name   string
		cred   Credentials
		args   []string
		config Login
		want   string
	}{
		{"file first", Credentials{Files: []string{file}, Env: all}, []string{url}, Login{"", NewSecret("cfg")}, "u:from file"},
		{"named file", Credentials{Files: []string{"orders=" + file}, Env: all}, []string{url, "http://localhost"}, Login{}, "u:from file guest:guest"},
		{"stdin", Credentials{Files: []string{"-"}, Stdin: strings.NewReader(" pw \r\n")}, []string{url}, Login{}, "u: pw "},
		{"named variable", Credentials{Env: all}, []string{url}, Login{"", NewSecret("cfg")}, "u:named"},
		{"general variable", Credentials{Env: env("QAUDIT_PASSWORD", "general")}, []string{url}, Login{"", NewSecret("cfg")}, "u:general"},
		{"general variable with two targets", Credentials{Env: env("QAUDIT_PASSWORD", "general")}, []string{url, "b=http://v:w@h2"}, Login{}, "u:fromurl v:w"},
		{"config", Credentials{Env: env()}, []string{url}, Login{"cu", NewSecret("cfg")}, "cu:cfg"},
		{"URL", Credentials{Env: env("QAUDIT_PASSWORD", "")}, []string{url}, Login{}, "u:fromurl"},
		{"name with a dash", Credentials{Env: env("QAUDIT_A_B_2_PASSWORD", "x")}, []string{"a-b.2=http://u@h", "http://localhost"}, Login{}, "u:x guest:guest"},
		{"prompt", Credentials{Prompt: func(context.Context, string) (string, error) { return "typed", nil }}, []string{"http://u@h"}, Login{}, "u:typed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := targets(t, c.args...)
			all[0].Config = c.config
			if got, err := logins(t, c.cred, all); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestNoUser(t *testing.T) {
	for _, at := range []string{"localhost", "127.0.0.1", "127.8.9.1", "[::1]", "[::ffff:127.0.0.1]"} {
		all := targets(t, "http://"+at+":15672")
		got, err := logins(t, Credentials{Env: env("QAUDIT_PASSWORD", "of another")}, all)
		if err != nil || got != "guest:guest" || len(all[0].Notes) != 1 || !strings.Contains(all[0].Notes[0], "QAUDIT_PASSWORD was not used") {
			t.Errorf("%s: %q, %v, notes %q", at, got, err, all[0].Notes)
		}
	}
	for arg, want := range map[string]string{
		"http://10.0.0.1:15672": "no user for http://10.0.0.1:15672: name one, http://USER@10.0.0.1:15672",
		"amqp://localhost?management=http://rabbit.internal:15672": "no user for amqp://localhost: name one, amqp://USER@localhost",
		"http://u@h": `no password for user "u" at http://h: set QAUDIT_PASSWORD or name a --password-file`,
	} {
		if _, err := logins(t, Credentials{Env: env()}, targets(t, arg)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", arg, err, want)
		}
	}
	if _, err := logins(t, Credentials{}, targets(t, "http://u@h")); !errors.Is(err, ErrNoPassword) {
		t.Errorf("got %v, want ErrNoPassword", err)
	}
}

func TestPasswordFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	odd := file("a=b", "x")
	if got, err := logins(t, Credentials{Files: []string{odd}}, targets(t, "http://u@h")); err != nil || got != "u:x" {
		t.Errorf("a file with = in its name: %q, %v", got, err)
	}
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{filepath.Join(dir, "none")}, "no such file or directory"},
		{[]string{file("empty", "\n")}, "is empty"},
		{[]string{odd, odd}, "given twice"},
		{[]string{"-"}, "no standard input"},
		{[]string{file("big", strings.Repeat("x", maxPassword+1))}, "larger than a password can be"},
	} {
		if _, err := logins(t, Credentials{Files: c.files}, targets(t, "http://u@h")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.files, err, c.want)
		}
	}
	if _, err := logins(t, Credentials{Files: []string{odd}}, targets(t, "http://u@h", "http://v@h")); err == nil {
		t.Error("a file without a name is taken for two targets")
	}
}
