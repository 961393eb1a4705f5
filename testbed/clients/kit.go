// Package clients runs real AMQP clients: pika, aio-pika and Celery for
// Python, amqplib and amqp-connection-manager for Node. Their libraries are
// installed once into the testbed's cache, in pinned versions.
package clients

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"qaudit/testbed/cache"
	"qaudit/testbed/child"
)

//go:embed python/client.py python/celery_app.py python/requirements.txt
//go:embed node/client.js node/package.json node/package-lock.json node/.npmrc
var files embed.FS

// Kit is a language's installed libraries and the testbed's script for them.
type Kit struct {
	program string   // python or node
	scripts string   // folder of the scripts
	script  string   // client.py or client.js
	env     []string // where the libraries are
}

// language is what tells one kit from another.
type language struct {
	name      string
	manifests []string // by whose content the installed libraries are keyed
	scripts   []string
	install   func(ctx context.Context, dir string) error
}

// Python installs the Python clients if needed. Without python3, its venv
// module or the package registry the error is a *cache.Unavailable. Progress
// goes to log.
func Python(ctx context.Context, log io.Writer) (*Kit, error) {
	python := language{
		name: "python", manifests: []string{"python/requirements.txt"},
		scripts: []string{"python/client.py", "python/celery_app.py"}, install: installPython,
	}
	libraries, scripts, err := python.publish(ctx, log)
	if err != nil {
		return nil, err
	}
	return &Kit{filepath.Join(libraries, "venv", "bin", "python"), scripts, "client.py", []string{"PYTHONDONTWRITEBYTECODE=1"}}, nil
}

// Node installs the Node clients if needed; errors are as with Python.
func Node(ctx context.Context, log io.Writer) (*Kit, error) {
	node := language{
		name: "node", manifests: []string{"node/package.json", "node/package-lock.json", "node/.npmrc"},
		scripts: []string{"node/client.js"}, install: installNode,
	}
	libraries, scripts, err := node.publish(ctx, log)
	if err != nil {
		return nil, err
	}
	return &Kit{"node", scripts, "client.js", []string{"NODE_PATH=" + filepath.Join(libraries, "node_modules")}}, nil
}

func (l language) publish(ctx context.Context, log io.Writer) (libraries, scripts string, err error) {
	root, err := cache.Dir()
	if err != nil {
		return "", "", err
	}
	libraries, err = cache.Publish(ctx, root, "clients-"+l.name+"-"+hash(l.manifests), func(dir string) error {
		fmt.Fprintf(log, "clients: installing the %s libraries, once\n", l.name)
		if err := lay(dir, l.manifests); err != nil {
			return err
		}
		err := l.install(ctx, dir)
		if err != nil && ctx.Err() == nil {
			return &cache.Unavailable{What: "the " + l.name + " clients", Reason: "their libraries cannot be installed", Err: err}
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	scripts, err = cache.Publish(ctx, root, "scripts-"+l.name+"-"+hash(l.scripts), func(dir string) error {
		return lay(dir, l.scripts)
	})
	return libraries, scripts, err
}

// installPython makes a virtual environment. It is used through its python
// only: the other programs in it name the folder it was made in.
func installPython(ctx context.Context, dir string) error {
	if err := run(ctx, dir, "python3", "-m", "venv", "venv"); err != nil {
		return err
	}
	return run(ctx, dir, filepath.Join(dir, "venv", "bin", "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt")
}

func installNode(ctx context.Context, dir string) error {
	return run(ctx, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
}

func run(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var said child.Tail
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := child.Run(cmd); err != nil {
		return errors.Join(fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said.Last(5)), ctx.Err())
	}
	return nil
}

// hash keys a folder of the cache by the content of embedded files.
func hash(names []string) string {
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s\n%s\n", name, content(name))
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

func lay(dir string, names []string) error {
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, path.Base(name)), content(name), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// content is an embedded file; a name that is not embedded is a mistake in
// this package, which its tests run into.
func content(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}
