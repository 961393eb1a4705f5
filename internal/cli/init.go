package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"qaudit/internal/cli/settings"
)

const initial = `# Settings of qaudit. Everything here is optional; unknown keys are errors.
# paths: [services, deploy]        # what "qaudit audit" reads; default: .
# complete: true                   # these paths hold all code that uses the targets
# targets:
#   - name: orders
#     url: http://rabbit.internal:15672
#     user: monitor                # a read-only user: qaudit explain rabbitmq
#     password: ${RABBIT_MONITOR_PASSWORD}
# fail-on: high                    # critical, high, medium, low or never
# exclude: [legacy/]               # gitignore syntax
# ignore:
#   - rule: rabbitmq/no-dead-letter
#     subject: "metrics.*"
#     reason: lost metrics are acceptable
#     until: 2027-03-01
`

func (a *App) init() *cobra.Command {
	return &cobra.Command{
		Use:     "init",
		GroupID: "audit",
		Short:   "Write a qaudit.yaml to start from; never over an existing one",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, err := os.OpenFile(settings.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return usage("%s is there already; it was left as it is", settings.Name)
			}
			if err != nil {
				return usage("cannot write %s: %w", settings.Name, err)
			}
			if _, err := f.WriteString(initial); err != nil {
				return usage("cannot write %s: %w", settings.Name, errors.Join(err, f.Close()))
			}
			if err := f.Close(); err != nil {
				return usage("cannot write %s: %w", settings.Name, err)
			}
			fmt.Fprintf(a.Stdout, "wrote %s: all of it is commented out; edit it, then: qaudit audit\n", settings.Name)
			return nil
		},
	}
}
