package recorded

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"qaudit/internal/collect"
	"qaudit/internal/model"
)

// Is says whether a file that starts like this may be a recording: it is gzip.
func Is(head []byte) bool { return len(head) > 2 && head[0] == 0x1f && head[1] == 0x8b }

// Source reads a recording as one input of an audit, also where several targets were
// recorded in it.
type Source struct {
	Name   string // as the file is called in reports
	Reader io.ReadCloser
	Codecs []Codec
}

// Collect reads the recording. What cannot be read is a gap.
func (s Source) Collect(context.Context) collect.Result {
	defer func() { _ = s.Reader.Close() }()
	results, err := Read(s.Reader, s.Name, s.Codecs)
	if err != nil {
		return s.unread(err)
	}
	out := results[0]
	for _, r := range results[1:] {
		out.Parts = append(out.Parts, r.Parts...)
		out.Gaps = append(out.Gaps, r.Gaps...)
		out.Notes = append(out.Notes, r.Notes...)
		out.Input.Summary += "; " + r.Input.Summary
		out.Input.Bytes += r.Input.Bytes
		if versions := strings.Split(out.Input.Version, ", "); !slices.Contains(versions, r.Input.Version) {
			out.Input.Version += ", " + r.Input.Version
		}
		if r.Input.Recorded.Before(out.Input.Recorded) {
			out.Input.Recorded = r.Input.Recorded
		}
	}
	return out
}

func (s Source) unread(err error) collect.Result {
	kind := model.GapUnreadable
	if newer := (*NewerError)(nil); errors.As(err, &newer) {
		kind = model.GapVersion
	}
	return collect.Result{
		Input: model.Input{ID: s.Name, Name: s.Name, Kind: model.InputSnapshot},
		Gaps:  []model.Gap{{Input: s.Name, Kind: kind, What: s.Name, Why: err.Error(), Incomplete: true}},
	}
}
