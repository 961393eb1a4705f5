package code

import (
	"io/fs"
	"os"
	"path/filepath"

	"qaudit/internal/collect/files/packages"
	"qaudit/internal/model/config"
)

// The libraries whose versions decide what a call means.
var (
	pythonLibraries = []string{"pika", "aio-pika", "aiormq", "kombu", "amqp", "celery", "django", "redis"}
	nodeLibraries   = []string{"amqplib", "amqp-connection-manager", "@nestjs/microservices", "@golevelup/nestjs-rabbitmq"}
)

func wanted() *packages.Wanted { return packages.Want(pythonLibraries, nodeLibraries) }

// below is the tree as a file system; nil for a single file.
func below(root string) fs.FS {
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(filepath.Clean(root))
}

// versions finds the version of a library near a folder.
type versions []config.Package

// For returns the package as the manifests nearest to the folder name it; ok is false when
// none does.
func (v versions) For(dir, name string) (config.Package, bool) {
	ecosystem := packages.Python
	for _, n := range nodeLibraries {
		if n == name {
			ecosystem = packages.NPM
		}
	}
	if ecosystem == packages.Python {
		name = packages.Normalise(name)
	}
	for _, p := range v {
		if p.Ecosystem == ecosystem && p.Name == name {
			found := p
			found.Version = packages.For(v, ecosystem, dir, name)
			found.Exact = found.Version.Present() && found.Version.Origin().Assumed == ""
			return found, true
		}
	}
	return config.Package{}, false
}
