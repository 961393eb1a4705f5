package files

import (
	"slices"
	"strings"

	"qaudit/internal/collect/files/brokerurl"
	"qaudit/internal/collect/files/interpolation"
	"qaudit/internal/collect/files/place"
	"qaudit/internal/collect/files/secret"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
	"qaudit/internal/model/config"
)

// sheet is a file that is read: it makes origins and values of the model.
type sheet struct {
	input  string
	text   *place.Text
	role   code.Role
	format config.Format
	symbol string // section within the file
}

// within is the sheet for a section.
func (s *sheet) within(symbol string) *sheet {
	out := *s
	out.symbol = symbol
	return &out
}

func (s *sheet) at(span place.Span) *model.Origin {
	return &model.Origin{Kind: model.FromConfig, Input: s.input, Place: model.Place{File: s.text.Path,
		Line: span.Line, Column: span.Column, EndLine: span.EndLine, EndColumn: span.EndColumn,
		Excerpt: secret.At(s.text, span), Symbol: s.symbol}}
}

func (s *sheet) file(settings []config.Setting) config.File {
	return config.File{Path: s.text.Path, Format: s.format, Role: s.role, Settings: settings,
		At: &model.Origin{Kind: model.FromConfig, Input: s.input, Place: model.Place{File: s.text.Path, Line: 1, Column: 1}}}
}

// wellKnown is the password of RabbitMQ's default user.
const wellKnown = "guest"

// setting is an entry of a file of keys and values, its secrets masked.
func (s *sheet) setting(e place.Entry) config.Setting {
	out := config.Setting{Key: e.Key, Value: secret.URLs(e.Value), At: s.at(e.Span)}
	encrypted := strings.HasPrefix(e.Value, "encrypted:") || strings.HasPrefix(e.Value, "{encrypted,")
	out.Literal = !encrypted && !secret.Reference(e.Value) && !strings.Contains(e.Value, "$(")
	if secret.Key(e.Key) || out.Value != e.Value {
		out.Secret = true
		out.Default = e.Value == wellKnown
	}
	if secret.Key(e.Key) && (out.Literal || encrypted) {
		out.Value = secret.Mask
	}
	return out
}

// envVar is a variable with its value as written; raw says that a "$" in it starts no
// variable.
func (s *sheet) envVar(name, written string, raw bool, span place.Span, service string) config.EnvVar {
	at := s.at(span)
	out := config.EnvVar{Name: name, Service: service, File: s.text.Path, At: at}
	v := interpolation.Value{Text: written}
	if !raw {
		v = interpolation.Parse(written)
	}
	u, isURL := brokerurl.FromValue(v)
	if isURL {
		out.URL = &u
	}
	masked := secret.URLs(v.Text)
	holds := v.Literal() || v.Falls() // the text is a value, and not one with holes
	switch {
	case secret.Key(name) && holds && v.Text != "" && !secret.Reference(v.Text):
		out.Secret, out.Default, masked = true, v.Text == wellKnown, secret.Mask
	case isURL:
		out.Secret = u.HasPassword && (holds || !slices.Contains(u.Unresolved, "password"))
		out.Default = out.Secret && u.DefaultLogin
	default:
		out.Secret = masked != v.Text
	}
	switch {
	case !v.Literal():
		out.Value = model.Unknown[string](outside(v), at)
		if v.Falls() {
			out.Fallback = model.Present(masked, at)
		}
	case written != "" && !raw && secret.Reference(written):
		out.Value = model.Unknown[string]("it is filled in from elsewhere: "+written, at)
	default:
		out.Value = model.Present(masked, at)
	}
	return out
}

// outside names the variables that a value comes from, without their fallbacks.
func outside(v interpolation.Value) string {
	var names []string
	for _, x := range v.Vars {
		if !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
	}
	return "it comes from outside: " + strings.Join(names, ", ")
}

// resolved is the text of a value with the fallbacks of its variables, and an origin that
// says so. ok is false when a variable has none.
func (s *sheet) resolved(written string, span place.Span) (text string, at *model.Origin, ok bool) {
	v := interpolation.Parse(written)
	at = s.at(span)
	if v.Falls() {
		at.Assumed = "not set from outside: " + strings.TrimPrefix(outside(v), "it comes from outside: ")
	}
	return v.Text, at, v.Literal() || v.Falls()
}
