package rabbitmq

import (
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/rule"
)

// wholeNumbers are the arguments that the broker takes as whole numbers only (check_int_arg
// of rabbit_amqqueue.erl).
var wholeNumbers = []string{"x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-max-priority", "x-delivery-limit"}

// ArgumentType finds queue arguments that must be whole numbers and are text.
var ArgumentType = rule.Rule{
	ID:       "rabbitmq/argument-type",
	Title:    "The broker refuses to declare the queue, and the service does not start",
	Severity: rule.High, Area: rule.Delivery, Covers: rule.Items("P5", "S1", "S8"), Since: "0.1",
	Advice: "Convert the value to a whole number before it is sent: int(os.environ[...]), Number(process.env...).",
	Code: func(p *rule.Pass, e *model.Estate) {
		for q := range declared(p, e) {
			if len(q.Decls) == 0 {
				continue
			}
			failed := false
			for _, d := range q.Decls {
				for _, name := range wholeNumbers {
					v, ok := d.Args.Values[name]
					if !ok {
						continue
					}
					if what := notWhole(v); what != "" {
						failed = true
						p.Fail(q, "%s is declared with %s as %s, and RabbitMQ takes whole numbers only: the declaration is refused with 406", q.Name.Name, name, what).
							See(seen(v.Origin)).See(d)
					}
				}
			}
			if !failed {
				p.Pass(q)
			}
		}
	},
}

// notWhole says what a value is that is no whole number, "" when it is one or not known.
func notWhole(v code.Value) string {
	switch {
	case v.Kind == code.String:
		return "text"
	case v.Kind == code.Float && v.Float != float64(int64(v.Float)):
		return "a fraction"
	case v.Kind == code.Env && (v.Default == nil || v.Default.Kind == code.String):
		return "text from the environment variable " + v.Text
	}
	return ""
}
