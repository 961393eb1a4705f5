package rabbitmq

import (
	"time"

	"qaudit/internal/model"
)

// release is a series of RabbitMQ: when its community support ended or ends, and which
// Erlang it supports (RabbitMQ documentation, "Release Information" and "Erlang Version
// Requirements", August 2026).
type release struct {
	series         string
	end            time.Time // zero: not known
	erlang, before string    // from ≤ version < before
	erlangFor      string    // as people say it
}

// releases lists the series, the oldest first. The last one is the newest that this table
// knows: it is never called out of support, past its date it is not known.
var releases = []release{
	{"3.8", day(2022, 7, 31), "21.3", "25", "21.3 to 24"},
	{"3.9", day(2023, 7, 31), "23.2", "25", "23.2 to 24"},
	{"3.10", day(2023, 12, 31), "23.2", "26", "23.2 to 25"},
	{"3.11", day(2024, 6, 30), "25.0", "26", "25"},
	{"3.12", day(2025, 6, 30), "25.0", "27", "25 to 26"},
	{"3.13", day(2024, 9, 18), "26.0", "27", "26"},
	{"4.0", day(2025, 4, 15), "26.2", "28", "26.2 to 27"},
	{"4.1", day(2026, 1, 31), "26.2", "28", "26.2 to 27"},
	{"4.2", day(2026, 7, 31), "26.2", "28", "26.2 to 27"},
	{"4.3", day(2026, 11, 30), "26.2", "29", "26.2 to 28"},
}

func day(year, month, d int) time.Time {
	return time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC)
}

// releaseOf finds the series of a version; newer says that it is past the table.
func releaseOf(v model.Version) (r release, known, newer bool) {
	for _, r := range releases {
		if r.series == v.Series() {
			return r, true, false
		}
	}
	last, _ := model.ParseVersion(releases[len(releases)-1].series)
	return release{}, false, last.Less(v)
}
