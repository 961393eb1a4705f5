// Command qaudit audits message queues: code, configuration files and running brokers
// together.
package main

import (
	"os"

	"qaudit/internal/cli"
	"qaudit/rules"
)

func main() {
	os.Exit(app().Run(os.Args[1:]))
}

// app is the command line with all that this build knows.
func app() *cli.App {
	return cli.OSApp(&cli.App{Rules: rules.All(), Pages: rules.Pages, Systems: systems(), Tree: tree,
		Recorded: recordings, Record: record, Contents: contents})
}
