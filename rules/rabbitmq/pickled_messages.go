package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
	"qaudit/internal/rule"
)

// PickledMessages finds code that runs what a message says.
var PickledMessages = rule.Rule{
	ID:       "rabbitmq/pickled-messages",
	Title:    "Whoever can publish can run code in the worker",
	Severity: rule.Critical, Area: rule.Security, Covers: rule.Items("C5"), Since: "0.1",
	Advice: "Send JSON, and accept nothing else: accept=['json'].",
	Code: func(p *rule.Pass, e *model.Estate) {
		for _, f := range rabbitmq.View(e).Facts {
			for i := range f.Pickles {
				k := &f.Pickles[i]
				ref := siteRef("consumer", k.Site)
				if !k.Remote {
					p.NotApplicable(ref, "what it loads does not come from a message")
					continue
				}
				p.Fail(ref, "%s %s: a message can name any function to be run", siteName(k.Site), k.What).See(k)
			}
			for i := range f.Consumes {
				c := &f.Consumes[i]
				if c.Handler != nil && c.Handler.Unpickles == nil && len(f.Pickles) == 0 {
					p.Pass(siteRef("consumer", c.Site))
				}
			}
		}
	},
}
