package javascript

import (
	"testing"

	"qaudit/internal/collect/code/syntax/syntaxtest"
)

func TestGolden(t *testing.T) { syntaxtest.Golden(t, Frontend{}) }
