package celery

import (
	"strconv"
	"strings"

	"qaudit/internal/collect/files/brokerurl"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// transports are the schemes of brokers and backends by the name of their system.
var transports = map[string]string{"amqp": "amqp", "amqps": "amqp", "pyamqp": "amqp", "librabbitmq": "amqp",
	"redis": "redis", "rediss": "redis", "redis+socket": "redis", "sentinel": "redis", "redislite": "redis",
	"sqs": "sqs", "memory": "memory", "filesystem": "filesystem", "file": "file", "rpc": "rpc", "disabled": "disabled",
	"db": "database", "database": "database", "sqla": "database", "django-db": "database", "django-cache": "cache",
	"cache": "cache", "memcached": "cache", "mongodb": "mongodb", "elasticsearch": "elasticsearch", "django": "database",
	"s3": "s3", "dynamodb": "dynamodb", "cassandra": "cassandra", "couchbase": "couchbase", "consul": "consul",
	"confluentkafka": "kafka", "gcpubsub": "gcpubsub", "azurestoragequeues": "azurestoragequeues", "azureservicebus": "azureservicebus"}

// transport is the system of a URL or of the short name of a backend; "" when it is none
// that is known.
func transport(text string) string {
	scheme, _, _ := strings.Cut(text, ":")
	scheme = strings.ToLower(strings.TrimSpace(scheme))
	if t := transports[scheme]; t != "" {
		return t
	}
	front, _, _ := strings.Cut(scheme, "+")
	if t := transports[front]; t != "" {
		return t
	}
	if strings.HasPrefix(text, "django_celery_results.") || strings.HasPrefix(text, "djcelery.backends") {
		return "database"
	}
	return ""
}

// brokerOf is the app's broker by its settings.
func (r *reader) brokerOf(a *app) code.CeleryURL {
	if s, ok := a.settings["broker_url"]; ok {
		return r.url(s)
	}
	if s, ok := a.settings["broker_transport"]; ok {
		return r.url(s)
	}
	if s, ok := a.settings["broker_host"]; ok {
		return code.CeleryURL{Transport: "amqp", Why: "", At: s.Value.Origin}
	}
	return code.CeleryURL{None: true, Why: "no broker is set", At: a.fact.At}
}

// backendOf is the app's result backend by its settings.
func (r *reader) backendOf(a *app) code.CeleryURL {
	if s, ok := a.settings["result_backend"]; ok {
		return r.url(s)
	}
	return code.CeleryURL{None: true, Why: "no result backend is set", At: a.fact.At}
}

// url reads the URL of a setting.
func (r *reader) url(s setting) code.CeleryURL {
	u := urlOf(s.Value)
	u.At = s.Value.Origin
	if unverified(s.Value) {
		u.Unverified = s.Value.Origin
	}
	return u
}

func urlOf(v code.Value) code.CeleryURL {
	switch v.Kind {
	case code.Nil:
		return code.CeleryURL{None: true, Why: "it is None"}
	case code.Env:
		u := code.CeleryURL{Why: "it comes from the environment variable " + v.Text}
		if v.Default != nil {
			u = urlOf(*v.Default)
			u.None = false
		}
		u.Env = v.Text
		return u
	case code.List:
		if len(v.Items) > 0 {
			return urlOf(v.Items[0])
		}
	case code.Choice:
		return urlOfChoice(v)
	case code.String:
		if v.Text == "" {
			return code.CeleryURL{None: true, Why: "it is empty"}
		}
	}
	text, ok := urlText(v)
	if !ok {
		return code.CeleryURL{Why: "its URL is not in the source"}
	}
	return parseURL(text)
}

// urlOfChoice is what all values of a choice have in common.
func urlOfChoice(v code.Value) code.CeleryURL {
	var out code.CeleryURL
	for i, item := range v.Items {
		u := urlOf(item)
		if i == 0 {
			out = u
			continue
		}
		if u.Transport != out.Transport || u.None != out.None {
			return code.CeleryURL{Why: "it has several values", Env: first(out.Env, u.Env)}
		}
		if u.Login && u.Literal && !u.Default {
			u.Env = first(u.Env, out.Env)
			out = u
		}
	}
	return out
}

// urlText is a URL as text; what comes from outside stands in it as ${NAME}.
func urlText(v code.Value) (string, bool) {
	switch v.Kind {
	case code.String:
		return v.Text, true
	case code.Template:
		var b strings.Builder
		for _, p := range v.Items {
			b.WriteString(urlPiece(p))
		}
		return b.String(), true
	}
	return "", false
}

func urlPiece(v code.Value) string {
	switch v.Kind {
	case code.String:
		return v.Text
	case code.Env:
		if v.Default != nil && v.Default.Kind == code.String {
			return "${" + v.Text + ":-" + v.Default.Text + "}"
		}
		return "${" + v.Text + "}"
	case code.Int:
		return strconv.FormatInt(v.Int, 10)
	}
	return "${PART}"
}

// parseURL reads what may be told of a URL.
func parseURL(text string) code.CeleryURL {
	u := code.CeleryURL{Transport: transport(text)}
	if u.Transport == "" {
		u.Why = "its scheme is not in the source"
	}
	parsed, ok := brokerurl.Parse(text)
	if !ok {
		return u
	}
	u.Host, u.Login = parsed.Host, parsed.HasPassword
	u.Default = parsed.DefaultLogin
	u.Literal = u.Login && literal(parsed, text)
	u.TLS = strings.HasSuffix(parsed.Scheme, "s") && parsed.Scheme != "sqs"
	return u
}

// literal says that the password of a URL stands in it: not put in by a variable or a
// format.
func literal(u config.URL, text string) bool {
	for _, part := range u.Unresolved {
		if part == "password" || part == "user" || part == "scheme" {
			return false
		}
	}
	login, _, _ := strings.Cut(text[strings.Index(text, "://")+3:], "@")
	return !strings.ContainsAny(login, "%{}<>$*") && !placeholder(login)
}

// placeholder says that a login is an example for people to replace.
func placeholder(login string) bool {
	_, password, _ := strings.Cut(strings.ToLower(login), ":")
	switch password {
	case "", "password", "pass", "passwd", "secret", "changeme", "change-me", "xxx", "xxxx", "your_password", "your-password":
		return true
	}
	return false
}

// unverified says that the query of a URL switches the check of certificates off.
func unverified(v code.Value) bool {
	if v.Kind == code.Env && v.Default != nil {
		v = *v.Default
	}
	text, ok := urlText(v)
	if !ok {
		return false
	}
	_, query, _ := strings.Cut(text, "?")
	for _, p := range strings.Split(query, "&") {
		if k, value, _ := strings.Cut(p, "="); k == "ssl_cert_reqs" && (strings.EqualFold(value, "none") || strings.EqualFold(value, "CERT_NONE")) {
			return true
		}
	}
	return false
}
