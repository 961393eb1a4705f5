package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"qaudit/internal/audit"
	"qaudit/internal/cli"
	"qaudit/internal/collect"
	"qaudit/internal/collect/files/definitions"
	"qaudit/internal/collect/live/rabbitmq"
	"qaudit/internal/collect/live/recorded"
	"qaudit/internal/model"
	"qaudit/internal/report/json"
	"qaudit/internal/report/text"
	"qaudit/internal/target"
)

// codecs write and read recordings: one entry a system.
func codecs() []recorded.Codec { return []recorded.Codec{rabbitmq.Codec{}} }

// read is a source that was read already.
type read struct{ result collect.Result }

// Collect returns what was read.
func (r read) Collect(context.Context) collect.Result { return r.result }

// recordings reads a .qaudit file or a definitions export.
func recordings(name string, head []byte, r io.Reader) ([]audit.Source, bool) {
	switch {
	case recorded.Is(head):
		results, err := recorded.Read(r, name, codecs())
		if err != nil {
			return []audit.Source{read{unreadable(name, err)}}, true
		}
		var out []audit.Source
		for _, x := range results {
			out = append(out, read{x})
		}
		return out, true
	case definitions.Head(head):
		return []audit.Source{read{export(name, r)}}, true
	}
	return nil, false
}

func unreadable(name string, err error) collect.Result {
	return collect.Result{Input: model.Input{ID: name, Kind: model.InputSnapshot, Name: name},
		Gaps: []model.Gap{{Input: name, Kind: model.GapUnreadable, What: name, Why: "cannot be read: " + err.Error(), Incomplete: true}}}
}

// maxExport bounds a definitions export; one of 10,000 queues is 1.6 MB.
const maxExport = 256 << 20

// export reads a definitions export that was named: a look at a broker without counters.
func export(name string, r io.Reader) collect.Result {
	src, err := io.ReadAll(io.LimitReader(r, maxExport))
	if err != nil {
		return unreadable(name, err)
	}
	f, problems := definitions.Parse(name, src)
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	t := f.Topology(name, base, true)
	out := collect.Result{Parts: []model.Part{t}, Input: model.Input{ID: name, Kind: model.InputSnapshot, Name: name,
		System: target.RabbitMQ.Title() + " definitions", Bytes: int64(len(src)), Files: 1, FilesRead: 1,
		Summary: fmt.Sprintf("%d queues, %d policies", len(t.Queues), len(t.Policies))}}
	for _, p := range problems {
		out.Gaps = append(out.Gaps, model.Gap{Input: name, Kind: model.GapUnreadable, What: name, Why: p.Error(),
			Place: model.Place{File: p.Path, Line: p.Line, Column: p.Column}, Incomplete: true})
	}
	return out
}

// record writes what was read to a new .qaudit file.
func record(path string, results []collect.Result) error {
	return recorded.WriteFile(path, results, codecs(), "qaudit "+cli.Version, time.Now())
}

// contents writes what a recording holds: its inputs and what could not be seen.
func contents(w io.Writer, name string, r io.Reader, format string) error {
	results, err := recorded.Read(r, name, codecs())
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	if format == "json" {
		return json.Contents(w, results)
	}
	return text.Contents(w, results)
}
