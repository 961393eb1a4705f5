package files

import (
	"reflect"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"qaudit/internal/collect/files/packages"
	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// origins calls f for every origin that a value holds, through unexported fields.
func origins(v reflect.Value, seen map[uintptr]bool, f func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		if v.Type() == reflect.TypeFor[*model.Origin]() {
			f(v.Elem())
			return
		}
		origins(v.Elem(), seen, f)
	case reflect.Interface:
		if !v.IsNil() {
			origins(v.Elem(), seen, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			origins(v.Field(i), seen, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			origins(v.Index(i), seen, f)
		}
	}
}

func FuzzRead(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/shop.txtar")
	if err != nil {
		f.Fatal(err)
	}
	names := map[string]uint8{}
	var paths []string
	for _, x := range ar.Files[:len(ar.Files)-1] {
		names[x.Name] = uint8(len(paths))
		paths = append(paths, x.Name)
		f.Add(names[x.Name], x.Data)
	}
	f.Fuzz(func(t *testing.T, which uint8, src []byte) {
		c := New("tree", "shop", nil, packages.Want([]string{"celery", "pika"}, []string{"amqplib"}))
		c.Read(paths[int(which)%len(paths)], code.Application, src)
		r := c.Result()
		origins(reflect.ValueOf(r), map[uintptr]bool{}, func(o reflect.Value) {
			place := o.FieldByName("Place")
			if o.FieldByName("Input").String() != "tree" || place.FieldByName("File").String() == "" || place.FieldByName("Line").Int() < 1 {
				t.Errorf("an origin without a place: %v", o)
			}
		})
		for _, g := range r.Gaps {
			if g.Why == "" || g.Place.Line < 1 {
				t.Errorf("%+v", g)
			}
		}
	})
}
