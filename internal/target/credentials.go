package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Credentials are the places where passwords may be, in the order in which they are
// asked: password files, environment, qaudit.yaml (Target.Config), the URL, the person.
type Credentials struct {
	// Files are the values of --password-file, [NAME=]FILE; "-" is Stdin.
	Files []string
	// Env looks up a variable of the environment.
	Env   func(name string) (string, bool)
	Stdin io.Reader
	// Prompt asks the person without echo; nil where there is no terminal.
	Prompt func(ctx context.Context, question string) (string, error)
}

// ErrNoPassword says that a user was named and no password found, and nobody could be
// asked.
var ErrNoPassword = errors.New("no password")

// maxPassword bounds a password file, in bytes.
const maxPassword = 64 << 10

// guest is RabbitMQ's default user, which it lets in from the same machine only.
const guest = "guest"

// Resolve decides the login of each target. Targets without a user on a loopback
// address get the system's own default, and a note that says so.
func (c *Credentials) Resolve(ctx context.Context, targets []*Target) error {
	files, err := c.readFiles(targets)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := c.resolve(ctx, t, files, len(targets) == 1); err != nil {
			return err
		}
	}
	return nil
}

func (c *Credentials) resolve(ctx context.Context, t *Target, files map[string]Secret, only bool) error {
	user := t.fromURL.User
	if t.Config.User != "" {
		user = t.Config.User
	}
	password, where := c.password(t, files, only)
	if user == "" {
		return t.useDefault(where)
	}
	if password.Empty() && c.Prompt != nil {
		typed, err := c.Prompt(ctx, fmt.Sprintf("password of %s at %s: ", user, t.ID()))
		if err != nil {
			return fmt.Errorf("ask for the password of %s at %s: %w", user, t.ID(), err)
		}
		password = NewSecret(typed)
	}
	if password.Empty() {
		where := envName(t, only)
		if where == "" {
			where = "QAUDIT_<NAME>_PASSWORD (with NAME=" + t.Shown + ")"
		}
		return fmt.Errorf("%w for user %q at %s: set %s or name a --password-file", ErrNoPassword, user, t.ID(), where)
	}
	t.Login = Login{user, password}
	return nil
}

// useDefault gives a loopback target the system's default user. A password that was
// found belongs to a user that was not named, and is not tried with another.
func (t *Target) useDefault(found string) error {
	if !t.Loopback() {
		return fmt.Errorf("no user for %s: name one, %s", t.ID(), withUser(t.Shown))
	}
	note := "no user was named: read as guest, the default user on the same machine"
	if found != "" {
		note += "; the password of " + found + " was not used"
	}
	t.Login = Login{guest, NewSecret(guest)}
	t.Notes = append(t.Notes, note)
	return nil
}

func withUser(shown string) string { return strings.Replace(shown, "://", "://USER@", 1) }

// password is the first password that is set, and where it was.
func (c *Credentials) password(t *Target, files map[string]Secret, only bool) (Secret, string) {
	if p, ok := files[t.Name]; ok {
		return p, "--password-file"
	}
	if p, ok := files[""]; ok {
		return p, "--password-file"
	}
	for _, name := range []string{envName(t, false), envName(t, only)} {
		if p, ok := c.env(name); ok {
			return p, name
		}
	}
	if !t.Config.Password.Empty() {
		return t.Config.Password, "qaudit.yaml"
	}
	if !t.fromURL.Password.Empty() {
		return t.fromURL.Password, "the URL"
	}
	return Secret{}, ""
}

func (c *Credentials) env(name string) (Secret, bool) {
	if name == "" || c.Env == nil {
		return Secret{}, false
	}
	v, ok := c.Env(name)
	return NewSecret(v), ok && v != ""
}

// envName is the variable that holds the password of t: of its name, or the general one
// where it is the only target; "" where there is none.
func envName(t *Target, only bool) string {
	switch {
	case only:
		return "QAUDIT_PASSWORD"
	case t.Name == "":
		return ""
	}
	upper := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(t.Name))
	return "QAUDIT_" + upper + "_PASSWORD"
}

// readFiles reads the password files by target name, "" for the one without.
func (c *Credentials) readFiles(targets []*Target) (map[string]Secret, error) {
	files := map[string]Secret{}
	for _, arg := range c.Files {
		name, file := splitNamed(arg, targets)
		if name == "" && len(targets) > 1 {
			return nil, fmt.Errorf("--password-file %s: several targets are named, say whose it is: NAME=%s", file, file)
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("--password-file is given twice for %s", orOne(name))
		}
		text, err := c.readFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the password file %s: %w", file, err)
		}
		if files[name] = NewSecret(text); text == "" {
			return nil, fmt.Errorf("the password file %s is empty", file)
		}
	}
	return files, nil
}

func orOne(name string) string {
	if name == "" {
		return "the target"
	}
	return name
}

// splitNamed tells NAME=FILE from a file whose name has an "=".
func splitNamed(arg string, targets []*Target) (name, file string) {
	name, file, ok := strings.Cut(arg, "=")
	if ok {
		for _, t := range targets {
			if t.Name == name && name != "" {
				return name, file
			}
		}
	}
	return "", arg
}

// readFile reads one password; one newline at the end is not part of it.
func (c *Credentials) readFile(file string) (string, error) {
	in := c.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", pathless(err)
		}
		defer func() { _ = f.Close() }()
		in = f
	} else if in == nil {
		return "", errors.New("there is no standard input")
	}
	text, err := io.ReadAll(io.LimitReader(in, maxPassword+1))
	if err != nil {
		return "", pathless(err)
	}
	if len(text) > maxPassword {
		return "", errors.New("larger than a password can be")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// pathless drops the path of a file error, where the message around it names it.
func pathless(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
