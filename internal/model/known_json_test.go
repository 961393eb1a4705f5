package model

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type packed struct {
	Text   string
	Number int64
	At     time.Time
	Origin *Origin
	Kinds  struct {
		Present, Absent, Unknown, Never, Zero, NoOrigin, AbsentNoOrigin, UnknownNoOrigin Known[int64]
		Empty, Nil, List                                                                 Known[[]string]
		Time                                                                             Known[time.Time]
		Nested                                                                           Known[[]Known[string]]
		Text                                                                             Known[string]
	}
	ByText   map[string]Known[bool]
	ByStruct map[Scope]Ref
	Nothing  map[string]int
	Hollow   map[string]int
	Pointer  *Place
	Empty    []string
}

func sample() packed {
	o := &Origin{Kind: FromLive, Input: "orders", Via: "GET /api/queues", At: time.Date(2026, 11, 24, 1, 2, 3, 4, time.UTC)}
	other := &Origin{Kind: FromConfig, Place: Place{File: "a.yaml", Line: 3}, Assumed: "a default"}
	f, g := NewFrom(o), NewFrom(other)
	v := packed{Text: "a\"<b>\u2028", Number: -1, At: o.At, Origin: o, Hollow: map[string]int{}, Pointer: &Place{Line: 1}, Empty: []string{}}
	k := &v.Kinds
	k.Present, k.Absent, k.Unknown, k.Zero = Here(f, int64(7)), None[int64](f), Unknown[int64]("why not", o), Here(g, int64(0))
	k.NoOrigin, k.AbsentNoOrigin, k.UnknownNoOrigin = Present(int64(3), nil), Absent[int64](nil), Unknown[int64]("", nil)
	k.Empty, k.Nil, k.List = Here(f, []string{}), Here[[]string](f, nil), Here(f, []string{"x", ""})
	k.Time, k.Text = Here(f, o.At.Add(time.Nanosecond)), Here(f, "")
	k.Nested = Here(f, []Known[string]{Here(g, "in"), None[string](f), {}})
	v.ByText = map[string]Known[bool]{"b": Here(f, false), "a": Unknown[bool]("why not", o), "c": {}}
	v.ByStruct = map[Scope]Ref{{Target: "t"}: {Name: "1"}, {VHost: "/"}: {Name: "2"}}
	return v
}

// shape says of a Known all that can be asked.
var shape = cmp.Options{
	cmp.Transformer("Known", func(k Known[int64]) []any { return states(k) }),
	cmp.Transformer("Known", func(k Known[string]) []any { return states(k) }),
	cmp.Transformer("Known", func(k Known[bool]) []any { return states(k) }),
	cmp.Transformer("Known", func(k Known[time.Time]) []any { return states(k) }),
	cmp.Transformer("Known", func(k Known[[]string]) []any { return states(k) }),
	cmp.Transformer("Known", func(k Known[[]Known[string]]) []any { return states(k) }),
}

func states[T any](k Known[T]) []any {
	v, ok := k.Get()
	return []any{v, ok, k.Absent(), k.Unknown(), k.Why(), k.Origin()}
}

func TestPackRoundTrip(t *testing.T) {
	want := sample()
	p, u := NewPacker(), NewUnpacker()
	text, err := p.Pack(want)
	if err != nil {
		t.Fatal(err)
	}
	fresh := p.Fresh()
	if len(fresh) != 2 {
		t.Fatalf("%d origins, want 2", len(fresh))
	}
	for _, o := range fresh {
		u.Add(o)
	}
	var got packed
	if err := u.Unpack(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, shape); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if got.Kinds.Present.src != got.Kinds.List.src || got.Kinds.Unknown.src != got.ByText["a"].src || got.Kinds.Absent.src == got.Kinds.Present.src {
		t.Error("values of one origin do not share their bookkeeping")
	}
	again, err := p.Pack(want)
	if err != nil || string(again) != string(text) || len(p.Fresh()) != 0 {
		t.Errorf("packing again gives\n%s, %v", again, err)
	}
}

func TestPackRefuses(t *testing.T) {
	for _, v := range []any{struct{ F any }{1}, struct{ F func() }{func() {}}} {
		if _, err := NewPacker().Pack(v); err == nil {
			t.Errorf("%T is packed", v)
		}
	}
	u := NewUnpacker()
	u.Add(&Origin{})
	for _, text := range []string{`{"Origin":2}`, `{"Origin":-1}`, `{"Kinds":{"Present":{"v":1,"o":2}}}`, `{"Kinds":{"Present":{"v":"x"}}}`,
		`{"Kinds":[]}`, `{"ByStruct":{}}`, `[`, `{"Number":1e99}`, `{"At":"then"}`} {
		if err := u.Unpack([]byte(text), new(packed)); err == nil {
			t.Errorf("%s is unpacked", text)
		}
	}
	if err := u.Unpack([]byte(`{"New":[1],"Text":"x"}`), new(packed)); err != nil {
		t.Errorf("a key of a newer version: %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	text, err := NewPacker().Pack(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"Kinds":{"Present":{"o":1},"Nested":{"v":[{"why":""}]}},"ByStruct":[[{},{}]]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		u := NewUnpacker()
		u.Add(&Origin{})
		u.Add(&Origin{})
		var once, twice packed
		if u.Unpack(text, &once) != nil {
			return
		}
		p := NewPacker()
		again, err := p.Pack(once)
		if err != nil {
			t.Fatal(err)
		}
		u = NewUnpacker()
		for _, o := range p.Fresh() {
			u.Add(o)
		}
		if err := u.Unpack(again, &twice); err != nil {
			t.Fatalf("what was packed does not unpack: %v\n%s", err, again)
		}
		if diff := cmp.Diff(once, twice, shape); diff != "" {
			t.Fatalf("%s\n%s", diff, again)
		}
	})
}
