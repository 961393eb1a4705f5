package walk

import (
	"io/fs"
	"slices"
	"strings"
)

// skippedFolders are never entered: they hold what others wrote or machines built. So are
// virtual environments, told by their pyvenv.cfg.
var skippedFolders = map[string]bool{
	".git": true, ".hg": true, ".svn": true,
	"node_modules": true, "bower_components": true, "vendor": true, "site-packages": true, ".yarn": true, ".pnpm-store": true,
	".venv": true, "venv": true, "virtualenv": true, ".tox": true, ".nox": true, ".eggs": true,
	"__pycache__": true, ".mypy_cache": true, ".pytest_cache": true, ".ruff_cache": true, ".cache": true,
	"dist": true, "htmlcov": true, ".next": true, ".nuxt": true, ".svelte-kit": true, ".turbo": true, ".parcel-cache": true,
	".terraform": true, ".serverless": true, ".aws-sam": true, ".gradle": true, ".idea": true,
}

// outputFolders hold what is built, where a manifest stands beside them: elsewhere they are
// folders like any other.
var outputFolders = map[string]bool{"build": true, "out": true, "target": true, "coverage": true}

var manifests = []string{"package.json", "tsconfig.json", "pyproject.toml", "setup.py", "setup.cfg", "pom.xml",
	"build.gradle", "build.gradle.kts", "Cargo.toml", "go.mod", "CMakeLists.txt"}

// has says whether a folder holds an entry of one of the names.
func has(entries []fs.DirEntry, names ...string) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return slices.Contains(names, e.Name()) })
}

func skipped(name string) bool {
	return skippedFolders[name] || strings.HasSuffix(name, ".egg-info") || strings.HasPrefix(name, "bazel-")
}

// generated says by its name that a script was packed by a machine, or holds types only.
func generated(name string) bool {
	for _, end := range []string{".min.js", "-min.js", ".min.mjs", ".bundle.js", ".chunk.js", ".d.ts"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
