package recorded

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"qaudit/internal/collect"
	"qaudit/internal/model"
)

// WriteFile writes results to a new file that only its owner can read. A file that is
// there already is left alone, and is an error that errors.Is calls fs.ErrExist.
func WriteFile(path string, results []collect.Result, codecs []Codec, by string, now time.Time) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the recording: %w", err)
	}
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("write the recording: %w", closed)
		}
		if err != nil {
			_ = os.Remove(path) // it was made here, and is not whole
		}
	}()
	return Write(f, results, codecs, by, now)
}

// Write writes results; those without any part are left out.
func Write(w io.Writer, results []collect.Result, codecs []Codec, by string, now time.Time) error {
	z := gzip.NewWriter(w)
	b := bufio.NewWriter(z)
	out := &writer{w: b, codecs: codecs}
	if err := out.all(results, header{Format: fmt.Sprintf("%s%d", formatName, formatNumber), Written: now.UTC(), By: by}); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write a recording: %w", err)
	}
	return nil
}

type writer struct {
	w       *bufio.Writer
	codecs  []Codec
	packer  *model.Packer
	records int
}

func (w *writer) all(results []collect.Result, h header) error {
	if err := w.line(h); err != nil {
		return err
	}
	for _, r := range results {
		if len(r.Parts) == 0 {
			continue
		}
		if err := w.result(r); err != nil {
			return err
		}
	}
	return w.line(record{kindEnd, json.RawMessage(fmt.Sprint(w.records))})
}

func (w *writer) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if _, err := w.w.Write(text); err != nil {
		return err
	}
	return w.w.WriteByte('\n')
}

// result writes one input and what was read of it. The table of origins begins anew.
func (w *writer) result(r collect.Result) error {
	w.packer = model.NewPacker()
	in := r.Input
	for _, p := range r.Parts {
		for _, c := range w.codecs {
			if at := c.Taken(p); at.After(in.Recorded) {
				in.Recorded = at.UTC()
			}
		}
	}
	if err := w.put(kindInput, in); err != nil {
		return err
	}
	for _, n := range r.Notes {
		if err := w.put(kindNote, n); err != nil {
			return err
		}
	}
	for _, g := range r.Gaps {
		g.Rules = nil // they are named when the recording is judged
		if err := w.put(kindGap, g); err != nil {
			return err
		}
	}
	for _, p := range r.Parts {
		if err := w.part(p); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) part(p model.Part) error {
	for _, c := range w.codecs {
		ok, err := c.Write(p, func(kind string, v any) error { return w.put(c.System()+"."+kind, v) })
		if ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("no codec writes a %T", p)
}

// put writes one record, and before it the origins that it is the first to refer to.
func (w *writer) put(kind string, v any) error {
	text, err := w.packer.Pack(v)
	if err != nil {
		return err
	}
	if fresh := w.packer.Fresh(); len(fresh) > 0 {
		origins := make([]model.Origin, len(fresh))
		for i, o := range fresh {
			origins[i] = *o
		}
		packed, err := w.packer.Pack(origins)
		if err != nil {
			return err
		}
		w.records++
		if err := w.line(record{kindOrigins, packed}); err != nil {
			return err
		}
	}
	w.records++
	return w.line(record{kind, text})
}
