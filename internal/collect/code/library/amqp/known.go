package amqp

import (
	"strings"

	"qaudit/internal/collect/code/library"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// at is the place of the fact: the call, or the outermost call site through which it is
// reached.
func (c *ctx) at() *model.Origin {
	if c.origin == nil {
		c.origin = c.site1().At
	}
	return c.origin
}

// version is the version of the library near the file.
func (c *ctx) version() model.Known[model.Version] {
	v, _ := c.r.tree.Version(c.site.file.Path, c.m.lib.Name)
	return v
}

// byDefault is a default of the table as seen at the call. Where it depends on a version
// that is not known, the newest one is taken and the origin says so.
func (c *ctx) byDefault(call *library.Call, slot library.Slot) (code.Value, *model.Origin, bool) {
	version := c.version()
	v, depends, ok := call.DefaultOf(slot, version)
	o := c.at()
	if depends && version.Unknown() {
		assumed := *o
		assumed.Assumed = c.m.lib.Name + " " + c.m.lib.Newest.String() + ", whose default for " + string(slot) + " this is"
		o = &assumed
	}
	return v, o, ok
}

// boolean is a slot as a truth value; one that was left out has the table's default.
func (c *ctx) boolean(slot library.Slot) model.Known[bool] {
	a := c.arg(slot)
	switch {
	case a.given:
		return a.Boolean()
	case a.open:
		return model.Unknown[bool](a.why, c.at())
	}
	v, o, ok := c.byDefault(c.m.call, slot)
	if !ok {
		return model.Unknown[bool]("the library requires it and it was not found", c.at())
	}
	return model.Present(v.Bool, o)
}

// integer is a slot as a whole number.
func (c *ctx) integer(slot library.Slot) model.Known[int64] {
	a := c.arg(slot)
	switch {
	case a.given && a.Kind == code.Nil:
	case a.given:
		return a.Integer()
	case a.open:
		return model.Unknown[int64](a.why, c.at())
	}
	v, o, ok := c.byDefault(c.m.call, slot)
	if !ok || v.Kind != code.Int {
		return model.Unknown[int64]("it was left out", c.at())
	}
	return model.Present(v.Int, o)
}

// text is a slot as a name; symbols of the library count by their last part:
// ExchangeType.topic.
func (c *ctx) text(slot library.Slot) model.Known[string] {
	a := c.arg(slot)
	switch {
	case a.given && a.Kind == code.Symbol && c.r.flow.Owns(a.Text) != nil:
		return model.Present(strings.ToLower(a.Text[strings.LastIndexByte(a.Text, '.')+1:]), c.at())
	case a.given && a.Kind == code.String && a.Text == "" && slot == library.Type:
	case a.given:
		return a.Str()
	case a.open:
		return model.Unknown[string](a.why, c.at())
	}
	v, o, ok := c.byDefault(c.m.call, slot)
	if !ok {
		return model.Unknown[string]("it was left out", c.at())
	}
	return model.Present(v.Text, o)
}

// plain is a slot as the source gives it; a slot that was left out is nothing.
func (c *ctx) plain(slot library.Slot) code.Value {
	a := c.arg(slot)
	switch {
	case a.given:
		return a.Value
	case a.open:
		return code.Value{Kind: code.Unresolved, Text: a.why, Origin: c.at()}
	}
	return code.Value{Kind: code.Nil, Origin: c.at()}
}

// given says whether a slot is filled.
func (c *ctx) given(slot library.Slot) model.Known[bool] {
	a := c.arg(slot)
	switch {
	case a.given:
		return model.Present(a.Kind != code.Nil, c.at())
	case a.open:
		return model.Unknown[bool](a.why, c.at())
	}
	return model.Present(false, c.at())
}

// persistent is the delivery mode of a publish.
func (c *ctx) persistent() model.Known[bool] {
	a := c.arg(library.Persistent)
	switch {
	case a.given:
		return deliveryMode(a.Value, c.at())
	case a.open:
		return model.Unknown[bool](a.why, c.at())
	}
	v, o, ok := c.byDefault(c.m.call, library.Persistent)
	if !ok {
		return model.Unknown[bool]("it was left out", c.at())
	}
	return model.Present(v.Bool, o)
}

// deliveryMode reads 2, true, "persistent" and the names that libraries give it.
func deliveryMode(v code.Value, at *model.Origin) model.Known[bool] {
	switch v.Kind {
	case code.Int:
		return model.Present(v.Int == 2, v.Origin)
	case code.Bool, code.Nil:
		return model.Present(v.Bool, v.Origin)
	case code.String, code.Symbol, code.Unresolved:
		s := strings.ToLower(v.Text)
		switch {
		case strings.Contains(s, "transient"), strings.Contains(s, "not_persistent"):
			return model.Present(false, at)
		case strings.Contains(s, "persistent"):
			return model.Present(true, at)
		}
	}
	return model.Unknown[bool]("the delivery mode is not in the source", at)
}
