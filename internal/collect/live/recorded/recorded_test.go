package recorded

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
)

// note is a part of a small system of its own.
type note struct {
	Input string
	Text  model.Known[string]
}

func (n *note) InputID() string { return n.Input }

type noteCodec struct{}

func (noteCodec) System() string { return "note" }

func (noteCodec) Taken(model.Part) time.Time { return time.Unix(5, 0) }

func (noteCodec) Write(p model.Part, put func(string, any) error) (bool, error) {
	n, ok := p.(*note)
	if !ok {
		return false, nil
	}
	return true, put("text", *n)
}

func (noteCodec) Reader(input string) PartReader { return &noteReader{note{Input: input}} }

type noteReader struct{ n note }

func (r *noteReader) Record(kind string, into func(any) error) error {
	if kind != "text" {
		return nil
	}
	err := into(&r.n)
	return err
}

func (r *noteReader) Part() (model.Part, error) { return &r.n, nil }

var codecs = []Codec{noteCodec{}}

func sample() []collect.Result {
	o := &model.Origin{Kind: model.FromLive, Input: "orders", Via: "GET /x"}
	return []collect.Result{{Input: model.Input{ID: "orders", Name: "orders", Kind: model.InputLive, Requests: 3},
		Parts: []model.Part{&note{"orders", model.Present("hello", o)}}}}
}

func zip(lines ...string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, strings.Join(lines, "\n"))
	_ = z.Close()
	return b.Bytes()
}

func TestWriteFileNeverOverwrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.qaudit")
	if err := WriteFile(path, sample(), codecs, "1.0", time.Unix(9, 0)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, sample(), codecs, "1.0", time.Unix(10, 0)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("writing over a file: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was touched: %v", err)
	}
	broken := filepath.Join(t.TempDir(), "b.qaudit")
	if err := WriteFile(broken, sample(), nil, "1.0", time.Unix(9, 0)); err == nil {
		t.Error("a part without a codec is left out in silence")
	}
	if _, err := os.Stat(broken); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half a file stays: %v", err)
	}
	back, err := Read(bytes.NewReader(before), "a.qaudit", codecs)
	if err != nil {
		t.Fatal(err)
	}
	n := back[0].Parts[0].(*note)
	if n.Text.Or("") != "hello" || n.Text.Origin().Input != "a.qaudit" || !back[0].Input.Recorded.Equal(time.Unix(5, 0)) {
		t.Errorf("read %+v, %+v", n, back[0].Input)
	}
}

func TestReadRefuses(t *testing.T) {
	const head, in, end = `{"format":"qaudit.snapshot/1"}`, `{"kind":"input","value":{"ID":"orders"}}`, `{"kind":"end","value":2}`
	const text = `{"kind":"note.text","value":{}}`
	var whole bytes.Buffer
	if err := Write(&whole, sample(), codecs, "1.0", time.Unix(9, 0)); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole.Bytes())
	damaged[len(damaged)-6] ^= 0xff // of the checksum
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"no gzip", []byte("rabbit_version 3.8\n"), "f: not a .qaudit file"},
		{"empty", nil, "f: not a .qaudit file"},
		{"other gzip", zip("hello", ""), "f: not a .qaudit file"},
		{"no line", zip(""), "f: not a .qaudit file"},
		{"other JSON", zip(`{"format":"x"}`, ""), "f: not a .qaudit file: its header names no format"},
		{"format 0", zip(`{"format":"qaudit.snapshot/0"}`, ""), "f: not a .qaudit file: its header names no format"},
		{"newer", zip(`{"format":"qaudit.snapshot/2","by":"9.1"}`, ""), "f: its format qaudit.snapshot/2 is newer than this qaudit reads (qaudit.snapshot/1); it was written by qaudit 9.1"},
		{"cut", whole.Bytes()[:whole.Len()-20], "f: the file is cut short"},
		{"damaged", damaged, "f: the file is damaged"},
		{"no end", zip(head, in, text, ""), "f: the file is cut short"},
		{"more", zip(head, in, text, end, text, ""), "f: it goes on after its end"},
		{"wrong count", zip(head, in, text, `{"kind":"end","value":7}`, ""), `f: it has 2 records and says it has "7"`},
		{"nothing", zip(head, `{"kind":"end","value":0}`, ""), "f: nothing was recorded in it"},
		{"another system only", zip(head, in, `{"kind":"kafka.topic","value":{}}`, end, ""), "f: nothing that this qaudit reads was recorded of orders"},
		{"before any input", zip(head, text, ""), `f: record 1 ("note.text"): it stands before any input`},
		{"broken line", zip(head, in, "{", ""), "f: a line cannot be read"},
		{"unknown origin", zip(head, in, `{"kind":"note.text","value":{"Text":{"v":"x","o":1}}}`, ""), `f: record 2 ("note.text"): unpack a recorded.note: Text: a value refers to an origin that is not there`},
		{"long line", zip(head, in, `{"kind":"note.text","value":{"x":"`+strings.Repeat("x", maxLine)+`"}}`, ""), "f: a line is longer than 8 MB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.file), "f", codecs)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := Read(bytes.NewReader(zip(head, in, text, `{"kind":"new","value":1}`, `{"kind":"kafka.x","value":1}`, `{"kind":"end","value":4}`, "")), "f", codecs); err != nil {
		t.Errorf("kinds of a newer version: %v", err)
	}
	newer := (*NewerError)(nil)
	if _, err := Read(bytes.NewReader(zip(`{"format":"qaudit.snapshot/2"}`, "")), "f", codecs); !errors.As(err, &newer) {
		t.Errorf("a newer file: %v", err)
	}
	if Is([]byte("rab")) || !Is(zip("")) {
		t.Error("gzip is not told from text")
	}
}

// TestBomb: what unpacks to more than a recording can hold is not unpacked whole.
func TestBomb(t *testing.T) {
	pr, pw := io.Pipe()
	go func() {
		z := gzip.NewWriter(pw)
		_, err := io.WriteString(z, `{"format":"qaudit.snapshot/1"}`+"\n"+`{"kind":"input","value":{"ID":"x"}}`+"\n")
		line := `{"kind":"kafka.pad","value":"` + strings.Repeat("0", 1<<20) + `"}` + "\n"
		for err == nil {
			_, err = io.WriteString(z, line)
		}
	}()
	_, err := read(pr, "f", codecs, 4<<20)
	_ = pr.Close()
	if err == nil || err.Error() != "f: it holds more than 4 MB" {
		t.Errorf("got %v", err)
	}
}
