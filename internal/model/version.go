package model

import (
	"strconv"
	"strings"
)

// Version is the numeric front of a version: "4.0.5-rc.1" is 4, 0, 5.
type Version [3]int

// ParseVersion reads the numbers of s; ok is false when it starts with none.
func ParseVersion(s string) (v Version, ok bool) {
	s = strings.TrimLeft(strings.TrimSpace(s), "v=^~> ")
	for i := range v {
		n := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		digits := s
		if n >= 0 {
			digits = s[:n]
		}
		x, err := strconv.Atoi(digits)
		if err != nil {
			return v, i > 0
		}
		v[i], ok = x, true
		if n < 0 || s[n] != '.' {
			return v, ok
		}
		s = s[n+1:]
	}
	return v, ok
}

// Less compares two versions.
func (v Version) Less(w Version) bool {
	for i := range v {
		if v[i] != w[i] {
			return v[i] < w[i]
		}
	}
	return false
}

// Series is "4.0" for 4.0.5.
func (v Version) Series() string { return strconv.Itoa(v[0]) + "." + strconv.Itoa(v[1]) }

// String is "4.0.5".
func (v Version) String() string { return v.Series() + "." + strconv.Itoa(v[2]) }
