package packages

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"qaudit/internal/model"
	"qaudit/internal/model/config"
)

// Package is what was found as a package of the model; origin is that of its place. The
// version of a range is its lower bound, and its origin says so.
func (f Found) Package(origin *model.Origin) config.Package {
	p := config.Package{Ecosystem: f.Ecosystem, Name: f.Name, Dir: f.Dir, At: origin}
	v, exact, why := Version(f.Spec)
	p.Exact = exact || f.Lock && why == ""
	switch {
	case why != "":
		p.Version = model.Unknown[model.Version](why, origin)
	case p.Exact:
		p.Version = model.Present(v, origin)
	default:
		o := *origin
		o.Assumed = fmt.Sprintf("the lowest version that %q allows", f.Spec)
		p.Version = model.Present(v, &o)
	}
	return p
}

// trust ranks files within a folder: the first that names a library counts. Order of the
// ecosystems' own tools: what installs from a lock installs nothing else.
var trust = []string{"poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "pylock.toml",
	"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
	"requirements.txt", "requirements", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "package.json"}

func rank(p config.Package) int {
	base := path.Base(p.At.Place.File)
	if i := slices.Index(trust, base); i >= 0 {
		return i
	}
	return slices.Index(trust, "requirements")
}

// For is the version of a library that code in the folder dir uses: of the nearest folder
// upwards whose files name it, the most trusted file's. A lock further up, as workspaces
// have one, wins over a range that it satisfies. Unknown says why; a version taken from a
// range has an origin with Assumed.
func For(pkgs []config.Package, ecosystem, dir, name string) model.Known[model.Version] {
	if ecosystem == Python {
		name = Normalise(name)
	}
	var first *model.Known[model.Version]
	for d := path.Clean(strings.Trim(dir, "/")); ; d = path.Dir(d) {
		here := in(pkgs, ecosystem, d, name)
		if len(here) > 0 {
			v, exact := choose(here)
			switch low, ranged := v.Get(); {
			case first == nil && (exact || d == "."):
				return v
			case first == nil:
				first = &v
			case exact && first.Present() && !low.Less(first.Or(low)) && ranged:
				return v
			case exact && first.Unknown():
				return v
			}
		}
		if d == "." || d == "/" {
			break
		}
	}
	if first != nil {
		return *first
	}
	return model.Unknown[model.Version](fmt.Sprintf("no manifest or lock file in %s or above names %s", path.Clean("./"+dir), name), nil)
}

func in(pkgs []config.Package, ecosystem, dir, name string) (out []config.Package) {
	for _, p := range pkgs {
		if p.Ecosystem == ecosystem && p.Name == name && path.Clean(p.Dir) == dir && p.At != nil {
			out = append(out, p)
		}
	}
	return out
}

// choose takes the most trusted of the packages of one folder; exact ones come before
// ranges, and these before mere names. Several versions in files of the same rank are not known.
func choose(pkgs []config.Package) (v model.Known[model.Version], exact bool) {
	slices.SortStableFunc(pkgs, func(a, b config.Package) int {
		if a.Exact != b.Exact {
			if a.Exact {
				return -1
			}
			return 1
		}
		if a.Version.Present() != b.Version.Present() {
			if a.Version.Present() {
				return -1
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	best := pkgs[0]
	seen := []string{}
	for _, p := range pkgs {
		if p.Exact != best.Exact || rank(p) != rank(best) {
			break
		}
		x, ok := p.Version.Get()
		if ok && !slices.ContainsFunc(seen, func(s string) bool { return strings.HasPrefix(s, x.String()+" ") }) {
			seen = append(seen, fmt.Sprintf("%s (%s:%d)", x, path.Base(p.At.Place.File), p.At.Place.Line))
		}
	}
	if len(seen) > 1 {
		return model.Unknown[model.Version](fmt.Sprintf("%d versions of %s are named: %s",
			len(seen), best.Name, strings.Join(seen, ", ")), best.At), best.Exact
	}
	return best.Version, best.Exact
}
