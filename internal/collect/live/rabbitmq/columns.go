package rabbitmq

import (
	"reflect"
	"strings"
)

// columnsOf is the value of columns= that asks for what T reads and nothing else: all
// JSON keys of T, those of nested objects with a dot. Without columns, 3.13 and newer
// leave out fields of queues that columns brings back (measured on 4.0.5 and 4.3.6:
// policy, operator_policy, idle_since).
func columnsOf[T any]() string {
	return strings.Join(columns(reflect.TypeFor[T](), ""), ",")
}

func columns(t reflect.Type, prefix string) (out []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("json")
		if f.Anonymous && key == "" {
			out = append(out, columns(f.Type, prefix)...)
			continue
		}
		if inner := nested(f.Type); inner != nil {
			out = append(out, columns(inner, prefix+key+".")...)
			continue
		}
		out = append(out, prefix+key)
	}
	return out
}

// nested is the struct that a field[object[T]] or field[[]T] reads, nil for plain values.
func nested(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Struct {
		if t.Kind() == reflect.Slice {
			t = t.Elem()
			continue
		}
		if t == reflect.TypeFor[arguments]() {
			return nil
		}
		if f, ok := t.FieldByName("v"); ok {
			t = f.Type
			continue
		}
		if f, ok := t.FieldByName("in"); ok {
			t = f.Type
			continue
		}
		return t
	}
	return nil
}
