package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Packing writes plain data that holds Known values and origins as JSON. An Origin is
// written once and then referred to by its number, so that values that share one share it
// again when they are read. A Known is {"v":…,"o":1} when present, {"o":1} when absent,
// {"why":"…","o":1} when unknown; "o" is left out where there is no origin, and the whole
// key where nobody looked. Structs keep their Go field names; what is zero is left out. A
// map whose keys are no text is a list of pairs.

// packable is a Known of any type.
type packable interface {
	pack() (*source, reflect.Value)
}

// unpackable is a pointer to a Known of any type.
type unpackable interface {
	unpack(*source) reflect.Value
}

func (k Known[T]) pack() (*source, reflect.Value) { return k.src, reflect.ValueOf(&k.value).Elem() }

func (k *Known[T]) unpack(s *source) reflect.Value {
	k.src = s
	return reflect.ValueOf(&k.value).Elem()
}

// Packer packs values that share a table of origins.
type Packer struct {
	numbers map[*Origin]int
	fresh   []*Origin
}

// NewPacker returns a packer with an empty table.
func NewPacker() *Packer { return &Packer{numbers: map[*Origin]int{}} }

// Pack writes v. Origins that it is the first to use are then in Fresh.
func (p *Packer) Pack(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := p.value(&b, reflect.ValueOf(v)); err != nil {
		return nil, fmt.Errorf("pack a %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// Fresh returns the origins that were first used since it was last called, in the order
// of their numbers, which count from 1.
func (p *Packer) Fresh() []*Origin {
	out := p.fresh
	p.fresh = nil
	return out
}

func (p *Packer) number(o *Origin) int {
	n, ok := p.numbers[o]
	if !ok {
		n = len(p.numbers) + 1
		p.numbers[o] = n
		p.fresh = append(p.fresh, o)
	}
	return n
}

var (
	typeOrigin = reflect.TypeFor[*Origin]()
	typeTime   = reflect.TypeFor[time.Time]()
)

func (p *Packer) value(b *bytes.Buffer, v reflect.Value) error {
	if k, ok := v.Interface().(packable); ok {
		return p.known(b, k)
	}
	switch kind := v.Kind(); {
	case kind == reflect.Pointer && v.IsNil(), kind == reflect.Slice && v.IsNil(), kind == reflect.Map && v.IsNil():
		b.WriteString("null")
		return nil
	case v.Type() == typeOrigin:
		b.WriteString(strconv.Itoa(p.number(v.Interface().(*Origin))))
		return nil
	case v.Type() == typeTime:
		return plain(b, v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return p.value(b, v.Elem())
	case reflect.Struct:
		return p.object(b, v)
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := p.value(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case reflect.Map:
		return p.pairs(b, v)
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return fmt.Errorf("a %s is no plain data", v.Type())
	}
	return plain(b, v)
}

func plain(b *bytes.Buffer, v reflect.Value) error {
	text, err := json.Marshal(v.Interface())
	b.Write(text)
	return err
}

func (p *Packer) known(b *bytes.Buffer, k packable) error {
	src, v := k.pack()
	if src == nil {
		b.WriteString("null")
		return nil
	}
	b.WriteByte('{')
	comma := ""
	switch src.state {
	case statePresent:
		b.WriteString(`"v":`)
		if err := p.value(b, v); err != nil {
			return err
		}
		comma = ","
	case stateUnknown:
		b.WriteString(`"why":`)
		if err := plain(b, reflect.ValueOf(src.why)); err != nil {
			return err
		}
		comma = ","
	}
	if src.origin != nil {
		b.WriteString(comma + `"o":` + strconv.Itoa(p.number(src.origin)))
	}
	b.WriteByte('}')
	return nil
}

func (p *Packer) object(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	comma := ""
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || v.Field(i).IsZero() {
			continue
		}
		b.WriteString(comma + strconv.Quote(f.Name) + ":")
		comma = ","
		if err := p.value(b, v.Field(i)); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// pairs writes a map in the order of its packed keys: an object where they are text, else
// a list of pairs.
func (p *Packer) pairs(b *bytes.Buffer, v reflect.Value) error {
	entries := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		var key bytes.Buffer
		if err := p.value(&key, it.Key()); err != nil {
			return err
		}
		entries[key.String()] = it.Value()
	}
	object := v.Type().Key().Kind() == reflect.String
	form := [...]string{"[", "[", ",", "]", "]"}
	if object {
		form = [...]string{"{", "", ":", "", "}"}
	}
	b.WriteString(form[0])
	for i, key := range slices.Sorted(maps.Keys(entries)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(form[1] + key + form[2])
		if err := p.value(b, entries[key]); err != nil {
			return err
		}
		b.WriteString(form[3])
	}
	b.WriteString(form[4])
	return nil
}
