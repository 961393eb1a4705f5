package celery

import (
	"os"
	"testing"

	"qaudit/internal/ruletest"
)

func TestRules(t *testing.T) { ruletest.Suite(t, os.DirFS("."), Rules()) }
