//go:build cgo

package resolve

import (
	"testing"

	"qaudit/internal/collect/code/syntax"
)

// A file called after a library, and modules that import from each other, lead nowhere
// wrong and come to an end.
func TestNamesakes(t *testing.T) {
	p, files := parse(t, `
-- proj/a.py --
from proj.b import x
use(x)
-- proj/b.py --
from proj.a import x
-- proj/celery.py --
from celery import Celery
app = Celery("proj")
-- proj/stripe.py --
from stripe import Charge
charge = Charge()
-- proj/tasks.py --
from celery import shared_task
import celery
shared_task()
celery.chain()
`)
	want := map[string]string{"proj/celery.py": "celery.Celery", "proj/stripe.py": "stripe.Charge", "proj/tasks.py": "celery.shared_task celery.chain"}
	for _, f := range files {
		got := ""
		syntax.Inspect(f.Body, nil, func(e *syntax.Expr) bool {
			if e.Kind == syntax.Call {
				p.Value(f, nil, e)
				p.Def(f, nil, e.X)
				p.ClassOf(f, nil, e)
				if f.Path == "proj/a.py" {
					p.Value(f, nil, e.Args[0].Value)
					p.Def(f, nil, e.Args[0].Value)
					return true
				}
				if got != "" {
					got += " "
				}
				got += p.Path(f, nil, e.X)
			}
			return true
		})
		if got != want[f.Path] {
			t.Errorf("%s: %q, want %q", f.Path, got, want[f.Path])
		}
	}
}
