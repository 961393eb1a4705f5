package walk

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"qaudit/internal/model"
	"qaudit/internal/model/code"
)

// MaxSize is the largest source file that is looked at; hand-written ones are far below it.
const MaxSize = 2 << 20

// maxScan is the largest source file that is searched for tokens: one above MaxSize
// without any is nothing to speak of.
const maxScan = 16 << 20

// maxWanted bounds configuration files: lock files are large.
const maxWanted = 64 << 20

// read reads files and keeps those that matter.
func (w *walker) read() {
	var buf []byte
	for j := range w.jobs {
		limit := maxScan
		if j.wanted {
			limit = maxWanted
		}
		src, err := j.read(buf[:0], limit)
		j.in.done()
		buf = src
		switch {
		case err != nil:
			w.gap(j.path, "cannot be read: "+reason(err))
		case len(src) > limit:
			w.gap(j.path, tooLarge(limit))
		default:
			w.judge(j, src)
		}
	}
}

func tooLarge(limit int) string { return fmt.Sprintf("is larger than %d MiB", limit>>20) }

// read appends the file to buf, up to a byte more than limit.
func (j *job) read(buf []byte, limit int) ([]byte, error) {
	f, err := j.in.root.Open(j.name)
	if err != nil {
		return buf, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return buf, err
	}
	if !info.Mode().IsRegular() {
		return buf, errors.New("is not a regular file any more")
	}
	size := int(min(info.Size(), int64(limit)+1))
	for {
		if len(buf) == cap(buf) || cap(buf) <= size {
			grown := make([]byte, len(buf), max(64<<10, 2*cap(buf), size+1))
			copy(grown, buf)
			buf = grown
		}
		n, err := f.Read(buf[len(buf):min(cap(buf), limit+1)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF || len(buf) > limit:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// judge keeps what matters of a file that was read.
func (w *walker) judge(j job, src []byte) {
	f := File{Path: j.path, Role: RoleOf(j.path), Lang: j.lang, Wanted: j.wanted}
	if w.res.Single { // it was named: what its name says of its role does not count
		f.Role = code.Application
	}
	for _, h := range w.matcher.Find(src) {
		if t := w.o.Tokens[h.Word]; t.counts(j.lang) {
			f.Hits = append(f.Hits, Found{t, h.Offset})
		}
	}
	why := unfit(j, src, len(f.Hits) > 0)
	if why == "" && (len(f.Hits) > 0 || j.wanted) {
		f.Src = bytes.Clone(src)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.res.Bytes += int64(len(src))
	switch {
	case why == passedOver:
	case why != "":
		w.res.Gaps = append(w.res.Gaps, model.Gap{Kind: model.GapUnreadable, What: j.path, Why: why, Place: model.Place{File: j.path}})
	case f.Src != nil:
		w.res.Files = append(w.res.Files, f)
	default:
		w.res.Others = append(w.res.Others, j.path)
	}
}

// passedOver is the verdict on a file that nobody wrote: there is nothing to tell.
const passedOver = "passed over"

// unfit says why a source file is not handed on: "" when it is. Without a token only what
// could hide one is told.
func unfit(j job, src []byte, hit bool) string {
	switch {
	case j.wanted:
	case bytes.HasPrefix(src, []byte("\xff\xfe")), bytes.HasPrefix(src, []byte("\xfe\xff")):
		return "is UTF-16 text"
	case bytes.IndexByte(src[:min(len(src), 8<<10)], 0) >= 0: // git's own test for binary files
		if hit {
			return "is not text"
		}
		return passedOver
	case packed(j.lang, src):
		return passedOver
	case len(src) > MaxSize:
		if hit {
			return tooLarge(MaxSize)
		}
		return passedOver
	}
	return ""
}

// packedLine is the mean length of a line above which a script was packed by a machine;
// people write 30 to 40 bytes.
const packedLine = 500

func packed(lang string, src []byte) bool {
	if lang != "JavaScript" || len(src) < 20*packedLine {
		return false
	}
	return len(src)/(bytes.Count(src, []byte("\n"))+1) > packedLine
}
