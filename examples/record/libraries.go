package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"qaudit/testbed/cache"
	"qaudit/testbed/child"
)

// built is a shop that can run: a copy of its files with the compiled
// TypeScript, so that nothing is left in the tree.
type built struct {
	dir    string // where the services run
	python string // the interpreter that has the libraries
}

// build copies the shop, gives it its libraries and compiles it.
func build(ctx context.Context, s shop, work string) (built, error) {
	b := built{dir: filepath.Join(work, "shop")}
	if err := os.CopyFS(b.dir, os.DirFS(s.path())); err != nil {
		return b, fmt.Errorf("copy %s: %w", s.name, err)
	}
	venv, err := libraries(ctx, s, "python", []string{"requirements.txt"}, installPython)
	if err != nil {
		return b, err
	}
	b.python = filepath.Join(venv, "venv", "bin", "python")
	node, err := libraries(ctx, s, "node", []string{"package.json", "package-lock.json"}, installNode)
	if err != nil {
		return b, err
	}
	if err := os.Symlink(filepath.Join(node, "node_modules"), filepath.Join(b.dir, "node_modules")); err != nil {
		return b, fmt.Errorf("give %s its Node libraries: %w", s.name, err)
	}
	return b, run(ctx, b.dir, "npm", "run", "--silent", "build")
}

// libraries installs what the shop locks, once, and returns the folder.
func libraries(ctx context.Context, s shop, language string, manifests []string, install func(context.Context, string) error) (string, error) {
	root, err := cache.Dir()
	if err != nil {
		return "", err
	}
	contents := map[string][]byte{}
	sum := sha256.New()
	for _, name := range manifests {
		if contents[name], err = os.ReadFile(s.path(name)); err != nil {
			return "", fmt.Errorf("read what %s needs: %w", s.name, err)
		}
		fmt.Fprintf(sum, "%s\n%s\n", name, contents[name])
	}
	key := "shop-" + language + "-" + hex.EncodeToString(sum.Sum(nil))[:12]
	return cache.Publish(ctx, root, key, func(dir string) error {
		say("installing the %s libraries of %s, once", language, s.name)
		for name, content := range contents {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		return install(ctx, dir)
	})
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
		return errors.Join(fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said.Last(10)), ctx.Err())
	}
	return nil
}
