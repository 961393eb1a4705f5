package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Unpacker reads what a Packer wrote. Values of one origin share their bookkeeping, as
// those of a From do.
type Unpacker struct {
	froms    []*From
	origins  []*Origin
	unknowns map[unknownKey]*source
}

type unknownKey struct {
	origin *Origin
	why    string
}

// NewUnpacker returns an unpacker with an empty table of origins.
func NewUnpacker() *Unpacker { return &Unpacker{unknowns: map[unknownKey]*source{}} }

// Add adds an origin to the table; the first has the number 1.
func (u *Unpacker) Add(o *Origin) {
	u.origins = append(u.origins, o)
	u.froms = append(u.froms, NewFrom(o))
}

// Unpack reads data into the value that into points at. Keys that it does not have are
// skipped: a newer version may write more.
func (u *Unpacker) Unpack(data []byte, into any) error {
	if err := u.value(data, reflect.ValueOf(into).Elem()); err != nil {
		return fmt.Errorf("unpack a %s: %w", reflect.TypeOf(into).Elem(), err)
	}
	return nil
}

func (u *Unpacker) value(data []byte, v reflect.Value) error {
	if string(data) == "null" {
		return nil
	}
	if k, ok := v.Addr().Interface().(unpackable); ok {
		return u.known(data, k)
	}
	switch v.Type() {
	case typeOrigin:
		return u.origin(data, v)
	case typeTime:
		return json.Unmarshal(data, v.Addr().Interface())
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return u.value(data, v.Elem())
	case reflect.Struct:
		return u.object(data, v)
	case reflect.Slice:
		return u.list(data, v)
	case reflect.Map:
		return u.pairs(data, v)
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return fmt.Errorf("a %s is no plain data", v.Type())
	}
	return json.Unmarshal(data, v.Addr().Interface())
}

// errOrigin says that a value refers to an origin that the table does not have.
var errOrigin = errors.New("a value refers to an origin that is not there")

func (u *Unpacker) origin(data []byte, v reflect.Value) error {
	n := 0
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	if n < 1 || n > len(u.origins) {
		return errOrigin
	}
	v.Set(reflect.ValueOf(u.origins[n-1]))
	return nil
}

func (u *Unpacker) known(data []byte, k unpackable) error {
	var parts struct {
		V   json.RawMessage `json:"v"`
		Why *string         `json:"why"`
		O   int             `json:"o"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if parts.O < 0 || parts.O > len(u.origins) {
		return errOrigin
	}
	var o *Origin
	from := &From{&source{statePresent, nil, ""}, &source{stateAbsent, nil, ""}}
	if parts.O > 0 {
		o, from = u.origins[parts.O-1], u.froms[parts.O-1]
	}
	switch {
	case parts.V != nil:
		return u.value(parts.V, k.unpack(from.present))
	case parts.Why == nil:
		k.unpack(from.absent)
		return nil
	}
	key := unknownKey{o, *parts.Why}
	if u.unknowns[key] == nil {
		u.unknowns[key] = &source{stateUnknown, o, *parts.Why}
	}
	k.unpack(u.unknowns[key])
	return nil
}

func (u *Unpacker) object(data []byte, v reflect.Value) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		part, ok := parts[f.Name]
		if !ok || !f.IsExported() {
			continue
		}
		if err := u.value(part, v.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func (u *Unpacker) list(data []byte, v reflect.Value) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(parts), len(parts)))
	for i, part := range parts {
		if err := u.value(part, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (u *Unpacker) pairs(data []byte, v reflect.Value) error {
	v.Set(reflect.MakeMap(v.Type()))
	put := func(key reflect.Value, part []byte) error {
		value := reflect.New(v.Type().Elem()).Elem()
		if err := u.value(part, value); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
		return nil
	}
	if v.Type().Key().Kind() == reflect.String {
		var parts map[string]json.RawMessage
		if err := json.Unmarshal(data, &parts); err != nil {
			return err
		}
		for key, part := range parts {
			if err := put(reflect.ValueOf(key).Convert(v.Type().Key()), part); err != nil {
				return err
			}
		}
		return nil
	}
	var parts [][2]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	for _, pair := range parts {
		key := reflect.New(v.Type().Key()).Elem()
		if err := u.value(pair[0], key); err != nil {
			return err
		}
		if err := put(key, pair[1]); err != nil {
			return err
		}
	}
	return nil
}
