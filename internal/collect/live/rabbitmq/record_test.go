package rabbitmq

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qaudit/internal/collect"
	"qaudit/internal/collect/live"
	"qaudit/internal/collect/live/recorded"
	"qaudit/internal/model"
	"qaudit/internal/model/rabbitmq"
)

var codecs = []recorded.Codec{Codec{}}

func write(t testing.TB, r collect.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := recorded.Write(&b, []collect.Result{r}, codecs, "test", at); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lines are the lines of a recording.
func lines(t testing.TB, file []byte) []string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

func TestRecordingRoundTrip(t *testing.T) {
	for _, generation := range generations {
		t.Run(generation, func(t *testing.T) {
			f := newFake(t, generation)
			x := f.target(t)
			x.Name, x.Notes = "orders", []string{"a note"}
			r := f.look(t, options(), x, live.Full, live.Volatile).Result()
			file := write(t, r)
			back, err := recorded.Read(bytes.NewReader(file), "orders", codecs)
			if err != nil {
				t.Fatal(err)
			}
			if len(back) != 1 || len(back[0].Parts) != 1 {
				t.Fatalf("read %+v", back)
			}
			in := back[0].Input
			if in.Kind != model.InputSnapshot || !in.Recorded.Equal(at) || in.Requests != 0 || in.Version != r.Input.Version || in.Summary != r.Input.Summary {
				t.Errorf("input %+v", in)
			}
			was, is := r.Parts[0].(*rabbitmq.Snapshot), back[0].Parts[0].(*rabbitmq.Snapshot)
			if diff := cmp.Diff(describe(was), describe(is)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(r.Gaps, back[0].Gaps); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(r.Notes, back[0].Notes); diff != "" {
				t.Error(diff)
			}
			// What was read is written again as it was: every state, reason, time and origin.
			again := lines(t, write(t, back[0]))
			first := lines(t, file)
			if diff := cmp.Diff(first[2:], again[2:]); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(strings.Join(first, "\n"), password) {
				t.Error("the file holds a password")
			}
			if is.Topology.Queues[0].At != is.Topology.Queues[1].At || is.Topology.Queues[0].Type.Origin() != is.Topology.Queues[0].At {
				t.Error("values of one answer do not share their origin")
			}
		})
	}
}

func TestRecordingOfSeveralTargets(t *testing.T) {
	f := newFake(t, "4.0")
	var all []collect.Result
	for _, name := range []string{"orders", "payments"} {
		x := f.target(t)
		x.Name = name
		all = append(all, f.look(t, options(), x, live.Full).Result())
	}
	all = append(all, collect.Result{Input: model.Input{ID: "unread"}})
	var b bytes.Buffer
	if err := recorded.Write(&b, all, codecs, "test", at); err != nil {
		t.Fatal(err)
	}
	back, err := recorded.Read(&b, "shop.qaudit", codecs)
	if err != nil || len(back) != 2 {
		t.Fatalf("%d results, %v", len(back), err)
	}
	for i, id := range []string{"shop.qaudit", "shop.qaudit#2"} {
		r := back[i]
		s := r.Parts[0].(*rabbitmq.Snapshot)
		if r.Input.ID != id || s.InputID() != id || s.Topology.InputID() != id || s.Topology.At.Input != id || r.Gaps[0].Input != id {
			t.Errorf("%s: input %q, part %q, topology %q, its origin %q, gap %q", id, r.Input.ID, s.InputID(), s.Topology.InputID(),
				s.Topology.At.Input, r.Gaps[0].Input)
		}
		if target := []string{"orders", "payments"}[i]; s.Target != target || r.Input.Name != "shop.qaudit ("+target+")" {
			t.Errorf("target %q is called %q", s.Target, r.Input.Name)
		}
	}
}

// FuzzRecording: no file, however made, does more than fail.
func FuzzRecording(f *testing.F) {
	for _, generation := range generations {
		fake := newFake(f, generation)
		s := fake.look(f, options(), fake.target(f), live.Full)
		f.Add([]byte(strings.Join(lines(f, write(f, s.Result())), "\n")))
	}
	f.Add([]byte("{\"format\":\"qaudit.snapshot/1\"}\n{\"kind\":\"input\",\"value\":{}}\n{\"kind\":\"rabbitmq.look\",\"value\":{}}\n{\"kind\":\"end\",\"value\":2}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(text)
		_ = z.Close()
		back, err := recorded.Read(&b, "x", codecs)
		if err != nil {
			return
		}
		for _, r := range back {
			if _, err := recorded.Read(bytes.NewReader(write(t, r)), "x", codecs); err != nil {
				t.Fatalf("what was read cannot be read again: %v", err)
			}
		}
	})
}
