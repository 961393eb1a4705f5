// Package packages reads which versions of libraries a project uses, from lock files and
// manifests of Python and JavaScript.
package packages

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"qaudit/internal/collect/files/place"
)

// The ecosystems.
const (
	Python = "python"
	NPM    = "npm"
)

// Found is a library that a file names.
type Found struct {
	Ecosystem string
	Name      string // normalised
	// Spec is what the file says: a version, or a range of them.
	Spec string
	Lock bool // a lock file says it: the version is the one installed
	Dir  string
	Span place.Span
}

// Include is another file that a requirements file takes in, relative to the tree.
type Include struct {
	Path string
	Span place.Span
}

// Result is what one file says.
type Result struct {
	Found    []Found
	Includes []Include
}

// Wanted are the libraries that are asked about. All others are left out.
type Wanted struct {
	python, npm map[string]bool
	// hints are pieces of the names that stand in every file that names one, so that a lock
	// file of megabytes without any costs one pass over its bytes.
	pythonHints, npmHints []string
}

// Want makes a Wanted of names of Python distributions and npm packages.
func Want(python, npm []string) *Wanted {
	w := &Wanted{python: map[string]bool{}, npm: map[string]bool{}}
	for _, name := range python {
		n := Normalise(name)
		w.python[n] = true
		w.pythonHints = append(w.pythonHints, longestPiece(n))
	}
	for _, name := range npm {
		w.npm[name] = true
		w.npmHints = append(w.npmHints, name)
	}
	return w
}

var separators = regexp.MustCompile(`[-_.]+`)

// Normalise is the name of a Python distribution as PEP 503 compares it.
func Normalise(name string) string {
	return separators.ReplaceAllString(strings.ToLower(name), "-")
}

func longestPiece(name string) string {
	best := ""
	for _, piece := range strings.Split(name, "-") {
		if len(piece) > len(best) {
			best = piece
		}
	}
	return best
}

// mentions says that src may name a wanted library.
func (w *Wanted) mentions(src []byte, ecosystem string) bool {
	text, hints := string(src), w.npmHints
	if ecosystem == Python {
		text, hints = strings.ToLower(text), w.pythonHints
	}
	for _, h := range hints {
		if strings.Contains(text, h) {
			return true
		}
	}
	return false
}

// format is how a file is read.
type format struct {
	ecosystem string
	parse     func(*reader)
}

func formatOf(p string) (format, bool) {
	base := path.Base(p)
	switch base {
	case "poetry.lock", "uv.lock", "pdm.lock", "pylock.toml":
		return format{Python, (*reader).pythonLock}, true
	case "Pipfile.lock":
		return format{Python, (*reader).pipfileLock}, true
	case "pyproject.toml", "Pipfile":
		return format{Python, (*reader).pyproject}, true
	case "setup.cfg":
		return format{Python, (*reader).setupCfg}, true
	case "setup.py":
		return format{Python, (*reader).setupPy}, true
	case "package.json":
		return format{NPM, (*reader).packageJSON}, true
	case "package-lock.json", "npm-shrinkwrap.json":
		return format{NPM, (*reader).packageLock}, true
	case "yarn.lock":
		return format{NPM, (*reader).yarnLock}, true
	case "pnpm-lock.yaml":
		return format{NPM, (*reader).pnpmLock}, true
	case "bun.lock":
		return format{NPM, (*reader).bunLock}, true
	}
	if strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml") {
		return format{Python, (*reader).pythonLock}, true
	}
	if requirements(p) {
		return format{Python, (*reader).requirements}, true
	}
	return format{}, false
}

// requirements says that a path is that of a requirements file: requirements-dev.txt,
// requirements/base.txt, dev-requirements.in.
func requirements(p string) bool {
	base := path.Base(p)
	ext := path.Ext(base)
	return (ext == ".txt" || ext == ".in") &&
		(strings.Contains(base, "requirements") || strings.Contains(base, "constraints") || path.Base(path.Dir(p)) == "requirements")
}

// Manifest reports whether a file is one that names libraries.
func Manifest(p string) bool {
	_, ok := formatOf(p)
	return ok
}

// Dir is the folder whose code uses the libraries that a file names: its own, or for a
// folder of requirements files the one above.
func Dir(p string) string {
	dir := path.Dir(p)
	if path.Base(dir) == "requirements" {
		return path.Dir(dir)
	}
	return dir
}

// Parse reads a file; the format follows from its name. A file that Manifest does not know
// is read as a requirements file: one includes others of any name.
func Parse(p string, src []byte, w *Wanted) (Result, []place.Problem) {
	f, ok := formatOf(p)
	if !ok {
		f = format{Python, (*reader).requirements}
	}
	mentioned := w.mentions(src, f.ecosystem)
	if !mentioned && !requirements(p) && ok {
		return Result{}, nil
	}
	r := &reader{text: place.New(p, src), want: w, dir: Dir(p)}
	if bad, is := r.text.Unreadable(); is {
		return Result{}, []place.Problem{bad}
	}
	f.parse(r)
	slices.SortStableFunc(r.result.Found, func(a, b Found) int { return a.Span.Start - b.Span.Start })
	return r.result, r.problems
}

type reader struct {
	text     *place.Text
	want     *Wanted
	dir      string
	result   Result
	problems []place.Problem
}

func (r *reader) problem(at int, key, why string) {
	r.problems = append(r.problems, r.text.Problem(at, key, why))
}

// python keeps a distribution when it is wanted.
func (r *reader) python(name, spec string, lock bool, start, end int) {
	n := Normalise(name)
	if r.want.python[n] {
		r.result.Found = append(r.result.Found, Found{Python, n, strings.TrimSpace(spec), lock, r.dir, r.text.Span(start, end)})
	}
}

// npm keeps a package when it is wanted; dir is where it is installed for.
func (r *reader) npm(name, spec string, lock bool, dir string, start, end int) {
	if r.want.npm[name] {
		r.result.Found = append(r.result.Found, Found{NPM, name, strings.TrimSpace(spec), lock, path.Join(r.dir, dir), r.text.Span(start, end)})
	}
}
