package recorded

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"qaudit/internal/collect"
	"qaudit/internal/model"
)

// Bounds of what is read, so that no file, however made, fills the memory. A recording of
// 100,000 queues with two looks has 300,000 records and 120 MB.
const (
	maxLine    = 8 << 20
	maxBytes   = 512 << 20 // decompressed
	maxRecords = 4 << 20
)

// Is says whether a file that starts like this may be a recording: it is gzip.
func Is(head []byte) bool { return len(head) > 2 && head[0] == 0x1f && head[1] == 0x8b }

// Read reads a recording, one result a target that was recorded. name is how the file is
// called in reports: the id and name of its input. Where there are several, their ids are
// numbered and their names say what each was.
func Read(r io.Reader, name string, codecs []Codec) ([]collect.Result, error) {
	return read(r, name, codecs, maxBytes)
}

func read(r io.Reader, name string, codecs []Codec, most int64) ([]collect.Result, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, ErrNotRecorded)
	}
	lines := bufio.NewReaderSize(&capped{r: z, left: most, most: most}, 64<<10)
	in := &reader{name: name, codecs: codecs}
	if err := in.all(lines); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return in.results, nil
}

type reader struct {
	name    string
	codecs  []Codec
	results []collect.Result
	records int

	unpacker *model.Unpacker
	part     PartReader
	system   string
	recorded string   // id of the input when it was recorded
	names    []string // those of all inputs
}

// errCut says that a file ends before its end.
var errCut = errors.New("the file is cut short")

func (r *reader) all(lines *bufio.Reader) error {
	var h header
	if err := next(lines, &h); err != nil {
		if errors.Is(err, errCut) || errors.Is(err, errLine) {
			return ErrNotRecorded
		}
		return err
	}
	if err := h.check(); err != nil {
		return err
	}
	for {
		var rec record
		if err := next(lines, &rec); err != nil {
			return err
		}
		if rec.Kind == kindEnd {
			n := 0
			if json.Unmarshal(rec.Value, &n) != nil || n != r.records {
				return fmt.Errorf("it has %d records and says it has %s", r.records, short(rec.Value))
			}
			return r.end(lines)
		}
		if r.records++; r.records > maxRecords {
			return fmt.Errorf("it has more than %d records", maxRecords)
		}
		if err := r.record(rec); err != nil {
			return fmt.Errorf("record %d (%s): %w", r.records, short([]byte(rec.Kind)), err)
		}
	}
}

// end looks whether the end is one: reading on to it also checks the sum of the whole.
func (r *reader) end(lines *bufio.Reader) error {
	switch _, err := lines.ReadByte(); {
	case err == nil:
		return errors.New("it goes on after its end")
	case !errors.Is(err, io.EOF):
		return cut(err)
	case len(r.results) == 0:
		return errors.New("nothing was recorded in it")
	}
	if len(r.results) > 1 {
		for i, was := range r.names {
			r.results[i].Input.Name = fmt.Sprintf("%s (%s)", r.name, was)
		}
	}
	return r.finish()
}

func short(b []byte) string {
	if len(b) > 40 {
		b = b[:40]
	}
	return fmt.Sprintf("%q", b)
}

// errLine says that a line is no JSON.
var errLine = errors.New("a line cannot be read")

// next reads one line.
func next(lines *bufio.Reader, into any) error {
	var text []byte
	for {
		part, err := lines.ReadSlice('\n')
		if text = append(text, part...); len(text) > maxLine {
			return fmt.Errorf("a line is longer than %d MB", maxLine>>20)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return cut(err)
		}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return errLine
	}
	return nil
}

// cut tells the end of the file from other errors.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return errors.New("the file is damaged")
	}
	return err
}

func (r *reader) record(rec record) error {
	if rec.Kind == kindInput {
		return r.input(rec.Value)
	}
	if r.unpacker == nil {
		return errors.New("it stands before any input")
	}
	result := &r.results[len(r.results)-1]
	into := func(v any) error { return r.unpacker.Unpack(rec.Value, v) }
	switch rec.Kind {
	case kindOrigins:
		return r.origins(rec.Value)
	case kindNote:
		var n string
		if err := into(&n); err != nil {
			return err
		}
		result.Notes = append(result.Notes, n)
		return nil
	case kindGap:
		var g model.Gap
		if err := into(&g); err != nil {
			return err
		}
		g.Input = result.Input.ID
		result.Gaps = append(result.Gaps, g)
		return nil
	}
	return r.ofSystem(rec.Kind, into)
}

// input begins an input: what was live is now a recording.
func (r *reader) input(value []byte) error {
	if err := r.finish(); err != nil {
		return err
	}
	r.unpacker = model.NewUnpacker()
	var in model.Input
	if err := r.unpacker.Unpack(value, &in); err != nil {
		return err
	}
	r.recorded = in.ID
	in.ID, in.Name, in.Kind = r.name, r.name, model.InputSnapshot
	if n := len(r.results); n > 0 {
		in.ID = fmt.Sprintf("%s#%d", r.name, n+1)
	}
	r.names = append(r.names, r.recorded)
	in.Requests = 0 // none were made to read it
	r.results = append(r.results, collect.Result{Input: in})
	return nil
}

func (r *reader) origins(value []byte) error {
	var all []model.Origin
	if err := r.unpacker.Unpack(value, &all); err != nil {
		return err
	}
	for i := range all {
		if all[i].Input == r.recorded {
			all[i].Input = r.results[len(r.results)-1].Input.ID
		}
		r.unpacker.Add(&all[i])
	}
	return nil
}

// ofSystem gives a record to the reader of its system. A system that is not known here is
// skipped: a newer version wrote it.
func (r *reader) ofSystem(kind string, into func(any) error) error {
	system, kind, ok := strings.Cut(kind, ".")
	if !ok {
		return nil
	}
	if r.part == nil || r.system != system {
		if err := r.endPart(); err != nil {
			return err
		}
		for _, c := range r.codecs {
			if c.System() == system {
				r.part, r.system = c.Reader(r.results[len(r.results)-1].Input.ID), system
			}
		}
	}
	if r.part == nil {
		return nil
	}
	return r.part.Record(kind, into)
}

// finish ends the input that was read last.
func (r *reader) finish() error {
	if err := r.endPart(); err != nil {
		return err
	}
	if n := len(r.results); n > 0 && len(r.results[n-1].Parts) == 0 {
		return fmt.Errorf("nothing that this qaudit reads was recorded of %s", r.recorded)
	}
	return nil
}

func (r *reader) endPart() error {
	if r.part == nil {
		return nil
	}
	p, err := r.part.Part()
	if err != nil {
		return err
	}
	r.part = nil
	last := &r.results[len(r.results)-1]
	last.Parts = append(last.Parts, p)
	return nil
}

// capped ends a reader that gives more than any recording holds.
type capped struct {
	r    io.Reader
	left int64
	most int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("it holds more than %d MB", c.most>>20)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
