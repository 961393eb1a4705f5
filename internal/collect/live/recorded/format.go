// Package recorded writes what was read of running systems to a .qaudit file and reads it
// back: what runs live runs on a recording too.
//
// A file is gzip. Its first line is a header; every further line is a record
// {"kind":…,"value":…}: an input, its gaps and notes, the origins that its values refer to,
// and the records of its system; the last line counts the others. Kinds and keys may grow
// within a format; what a reader does not know it skips.
package recorded

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"qaudit/internal/model"
)

// format is the format that is written, and its number the newest that is read.
const (
	formatName   = "qaudit.snapshot/"
	formatNumber = 1
)

// header is the first line.
type header struct {
	Format  string    `json:"format"`
	Written time.Time `json:"written"`
	By      string    `json:"by,omitempty"` // version of qaudit
}

// record is any other line.
type record struct {
	Kind  string          `json:"kind"`
	Value json.RawMessage `json:"value"`
}

// Kinds of records that belong to no system. A system's kinds begin with its name and a
// dot.
const (
	kindInput   = "input"
	kindNote    = "note"
	kindGap     = "gap"
	kindOrigins = "origins"
	kindEnd     = "end"
)

// Codec writes and reads the parts of one system.
type Codec interface {
	// System is the name before the dot of its kinds.
	System() string
	// Write puts the records of a part; ok is false for a part of another system.
	Write(p model.Part, put func(kind string, v any) error) (ok bool, err error)
	// Taken is when the last look of a part was taken.
	Taken(p model.Part) time.Time
	// Reader reads the records of one part of an input.
	Reader(input string) PartReader
}

// PartReader puts one part together.
type PartReader interface {
	// Record takes the next record; into reads its value. A kind that it does not know
	// is no error.
	Record(kind string, into func(v any) error) error
	// Part is the part, once all records were taken.
	Part() (model.Part, error)
}

// ErrNotRecorded says that a file is no .qaudit file.
var ErrNotRecorded = errors.New("not a .qaudit file")

// NewerError says that a file has a format that this version cannot read.
type NewerError struct{ Format, By string }

func (e *NewerError) Error() string {
	text := "its format " + e.Format + " is newer than this qaudit reads (" + formatName + strconv.Itoa(formatNumber) + ")"
	if e.By != "" {
		text += "; it was written by qaudit " + e.By
	}
	return text
}

// check says whether the header is of a format that can be read.
func (h header) check() error {
	number, ok := strings.CutPrefix(h.Format, formatName)
	n, err := strconv.Atoi(number)
	switch {
	case !ok || err != nil || n < 1:
		return fmt.Errorf("%w: its header names no format", ErrNotRecorded)
	case n > formatNumber:
		return &NewerError{h.Format, h.By}
	}
	return nil
}
