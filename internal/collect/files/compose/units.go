package compose

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Bytes reads a size as Docker does: 512m, 1.5gb, 1024. Units are powers of 1024.
func Bytes(s string) (int64, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	number := strings.TrimRight(text, "kmgtpib")
	factor := int64(1)
	switch unit := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text[len(number):]), "b"), "i"); unit {
	case "":
	case "k", "m", "g", "t", "p":
		factor <<= 10 * (strings.Index("kmgtp", unit) + 1)
	default:
		return 0, fmt.Errorf("%q is not a size", s)
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if bytes := f * float64(factor); err == nil && bytes >= 0 && bytes < 1<<62 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("%q is not a size", s)
}

// Duration reads a duration as compose does: 1m30s, 90s, 1d.
func Duration(s string) (time.Duration, error) {
	text := strings.TrimSpace(s)
	var days time.Duration
	if before, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseInt(before, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration", s)
		}
		days, text = time.Duration(n)*24*time.Hour, rest
		if text == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration", s)
	}
	return days + d, nil
}
