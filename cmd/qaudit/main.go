// Command qaudit audits message queues: code, configuration files and running brokers
// together.
package main

import (
	"os"

	"qaudit/internal/cli"
	"qaudit/rules"
)

func main() {
	app := cli.OSApp(&cli.App{Rules: rules.All(), Pages: rules.Pages, Systems: systems(), Tree: tree})
	os.Exit(app.Run(os.Args[1:]))
}
