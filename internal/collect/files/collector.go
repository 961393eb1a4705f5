package files

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"qaudit/internal/collect/files/definitions"
	"qaudit/internal/collect/files/dockerfile"
	"qaudit/internal/collect/files/packages"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// Collector reads files of one tree and gathers what they say. Read may be called from
// several goroutines.
type Collector struct {
	input, root string
	tree        fs.FS
	want        *packages.Wanted

	mu          sync.Mutex
	files       []config.File
	workloads   []workload
	env         []config.EnvVar
	packages    []config.Package
	definitions []*definitions.File
	dockerfiles map[string]*image
	dotenvs     map[string][]config.EnvVar
	included    map[string]bool
	gaps        []model.Gap
}

// workload is a workload with what joins it to other files.
type workload struct {
	config.Workload
	file     string
	service  *service // of compose, nil for others
	stage    string   // of a Dockerfile: the stage, "" for the last
	launched bool     // a compose service starts it, so it does not start by itself
}

// image is a Dockerfile that was read.
type image struct {
	*dockerfile.File
	sheet *sheet
}

// Result is what the files of a tree say.
type Result struct {
	Files       *config.Files
	Definitions []*definitions.File
	Workers     []code.CeleryWorker
	Gaps        []model.Gap
}

// New makes a collector for the tree of an input. root is its name for people, want the
// libraries whose versions are asked about. tree is read only for requirements files that
// others include; nil reads none.
func New(input, root string, tree fs.FS, want *packages.Wanted) *Collector {
	return &Collector{input: input, root: root, tree: tree, want: want, dockerfiles: map[string]*image{},
		dotenvs: map[string][]config.EnvVar{}, included: map[string]bool{}}
}

// The largest files that are read, in bytes: definitions of 100,000 queues and lock files
// are tens of megabytes, whatever people write themselves is far below one.
const (
	maxWritten   = 1 << 20
	maxGenerated = 128 << 20
)

// Read reads one file. p is its path below the root, with slashes; what cannot be read of
// it is a gap. A file that is neither wanted by name nor definitions is left out.
func (c *Collector) Read(p string, role code.Role, src []byte) {
	format := formatOf(p)
	if format == "" && Sniff(p, src[:min(len(src), 16<<10)]) {
		format = config.Definitions
	}
	limit := maxWritten
	if format == config.Definitions || format == manifest {
		limit = maxGenerated
	}
	if len(src) > limit {
		c.problems([]place.Problem{{Path: p, Line: 1, Column: 1, Why: fmt.Sprintf("it is longer than %d MiB", limit>>20)}})
		return
	}
	if format == manifest {
		c.manifest(p, src, "", 0)
		return
	}
	s := &sheet{input: c.input, text: place.New(p, src), role: role, format: format}
	switch format {
	case config.RabbitMQConf, config.AdvancedConfig, config.EnabledPlugins:
		c.settings(s, src)
	case config.Definitions:
		c.definitionsFile(s, src)
	case config.Dotenv:
		c.dotenv(s, src)
	case config.Compose:
		c.compose(s, src)
	case config.Dockerfile:
		c.dockerfile(s, src)
	case config.Procfile:
		c.procfile(s, src)
	}
}

// maxProblems is how many problems of one file are told one by one: a file of another
// format with the same name has one on every line.
const maxProblems = 5

func (c *Collector) problems(ps []place.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range ps {
		if i == maxProblems && len(ps) > maxProblems+1 {
			p.Why = fmt.Sprintf("this and %d more places of the file cannot be read", len(ps)-i-1)
			c.gaps = append(c.gaps, p.Gap(c.input))
			return
		}
		c.gaps = append(c.gaps, p.Gap(c.input))
	}
}

// add takes what a file says.
func (c *Collector) add(f config.File, env []config.EnvVar, workloads ...workload) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, f)
	c.env = append(c.env, env...)
	c.workloads = append(c.workloads, workloads...)
}

// maxIncludes bounds requirements files that include one another.
const maxIncludes = 20

// manifest reads a file that names libraries. dir is the folder of the file that includes
// it, whose libraries they are then; "" when nothing does.
func (c *Collector) manifest(p string, src []byte, dir string, depth int) {
	r, problems := packages.Parse(p, src, c.want)
	c.problems(problems)
	s := &sheet{input: c.input, text: place.New(p, src)}
	c.mu.Lock()
	for _, f := range r.Found {
		if dir != "" {
			f.Dir = dir
		}
		c.packages = append(c.packages, f.Package(s.at(f.Span)))
	}
	c.mu.Unlock()
	if dir == "" {
		dir = packages.Dir(p)
	}
	for _, inc := range r.Includes {
		if c.tree == nil || depth >= maxIncludes || !c.first(dir+"\x00"+inc.Path) {
			continue
		}
		src, err := fs.ReadFile(c.tree, inc.Path)
		switch {
		case err != nil:
			c.problems([]place.Problem{{Path: p, Line: inc.Span.Line, Column: inc.Span.Column, Key: inc.Path, Why: "the included file cannot be read"}})
		case len(src) <= maxWritten:
			c.manifest(inc.Path, src, dir, depth+1)
		}
	}
}

// first says that an include was not followed yet.
func (c *Collector) first(include string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.included[include] {
		return false
	}
	c.included[include] = true
	return true
}

// Result joins what was read. It is called once, when every call of Read has returned; its
// order does not depend on theirs.
func (c *Collector) Result() Result {
	slices.SortStableFunc(c.files, func(a, b config.File) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(c.workloads, func(a, b workload) int { return cmp.Compare(a.file, b.file) })
	slices.SortStableFunc(c.env, func(a, b config.EnvVar) int { return cmp.Compare(a.File, b.File) })
	slices.SortStableFunc(c.packages, func(a, b config.Package) int {
		return cmp.Or(cmp.Compare(a.At.Place.File, b.At.Place.File), cmp.Compare(a.At.Place.Line, b.At.Place.Line),
			cmp.Compare(a.At.Place.Column, b.At.Place.Column), cmp.Compare(a.Dir, b.Dir))
	})
	// A file that is read for its own sake and for one that includes it says it twice.
	c.packages = slices.CompactFunc(c.packages, func(a, b config.Package) bool {
		return a.Name == b.Name && a.Dir == b.Dir && a.At.Place == b.At.Place
	})
	slices.SortStableFunc(c.definitions, func(a, b *definitions.File) int { return cmp.Compare(a.Path, b.Path) })
	c.join()
	slices.SortStableFunc(c.gaps, func(a, b model.Gap) int {
		return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line),
			cmp.Compare(a.Place.Column, b.Place.Column))
	})
	out := Result{Definitions: c.definitions, Workers: c.workers(), Gaps: c.gaps,
		Files: &config.Files{Input: c.input, Root: c.root, Files: c.files, Packages: c.packages, Env: c.env}}
	for _, w := range c.workloads {
		out.Files.Workloads = append(out.Files.Workloads, w.Workload)
	}
	return out
}
