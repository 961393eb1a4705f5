package walk

import (
	"path"
	"strings"

	"qaudit/internal/model/code"
)

// Names of folders that decide what the files below them are for.
var roleOfFolder = map[string]code.Role{
	"test": code.Test, "tests": code.Test, "__tests__": code.Test, "spec": code.Test, "specs": code.Test, "testing": code.Test,
	"e2e": code.Test, "fixtures": code.Test, "testdata": code.Test, "__mocks__": code.Test, "mocks": code.Test,
	"integration_tests": code.Test, "unit_tests": code.Test, "benchmarks": code.Test, "cypress": code.Test,
	"example": code.Example, "examples": code.Example, "sample": code.Example, "samples": code.Example, "demo": code.Example,
	"demos": code.Example, "docs": code.Example, "doc": code.Example, "tutorial": code.Example, "tutorials": code.Example,
	"migrations": code.Migration, "alembic": code.Migration, "migrate": code.Migration,
	"vendor": code.Vendored, "third_party": code.Vendored, "thirdparty": code.Vendored, "node_modules": code.Vendored,
	"site-packages": code.Vendored, "bower_components": code.Vendored,
}

// RoleOf is what a file is for, by its path below the audited root.
func RoleOf(file string) code.Role {
	dirs := strings.Split(path.Dir(file), "/")
	for _, d := range dirs {
		d = strings.ToLower(d)
		if r, ok := roleOfFolder[d]; ok {
			return r
		}
		if strings.HasSuffix(d, "-tests") || strings.HasSuffix(d, "_tests") || strings.HasSuffix(d, "-test") || strings.HasPrefix(d, "test-") {
			return code.Test
		}
	}
	base := path.Base(file)
	lower := strings.ToLower(base)
	stem := strings.TrimSuffix(lower, path.Ext(lower))
	switch {
	case strings.HasPrefix(lower, "test_"), strings.HasSuffix(stem, "_test"), strings.HasSuffix(stem, ".test"),
		strings.HasSuffix(stem, ".spec"), strings.HasSuffix(stem, "_spec"), lower == "conftest.py", stem == "tests",
		strings.HasSuffix(base, "Test.java"), strings.HasSuffix(base, "Tests.java"), strings.HasSuffix(base, "Tests.cs"):
		return code.Test
	}
	return code.Application
}
