package walk

import "slices"

// Matcher finds which of many words a text holds, in one pass: a skip table over pairs of
// bytes jumps over what no word can end in (Wu and Manber's method with blocks of two).
type Matcher struct {
	words []Word
	min   int             // length of the shortest word
	shift *[1 << 16]uint8 // by pair of bytes: how far no word can end
	// Where a word may end: its candidates, by the pair at min-2, min-1.
	ending     *[1 << 16]uint16 // by pair: index into candidates
	candidates [][]int
}

// Word is a text to look for.
type Word struct {
	Text string
	// Whole: no letter, digit or underscore before or after it.
	Whole bool
}

// Hit is where a word was found first.
type Hit struct {
	Word   int // index into the words
	Offset int
}

// NewMatcher prepares the words, at most 65,535; each must be of two bytes or more.
func NewMatcher(words []Word) *Matcher {
	m := &Matcher{words: words, min: 255, shift: new([1 << 16]uint8), ending: new([1 << 16]uint16),
		candidates: make([][]int, 1)}
	for _, w := range words {
		m.min = min(m.min, len(w.Text))
	}
	if len(words) == 0 {
		m.min = 2
	}
	for i := range m.shift {
		m.shift[i] = uint8(m.min - 1)
	}
	for i, w := range words {
		for j := 1; j < m.min; j++ {
			b := pair(w.Text[j-1], w.Text[j])
			if s := uint8(m.min - 1 - j); s < m.shift[b] {
				m.shift[b] = s
			}
		}
		b := pair(w.Text[m.min-2], w.Text[m.min-1])
		if m.ending[b] == 0 {
			m.candidates = append(m.candidates, nil)
			m.ending[b] = uint16(len(m.candidates) - 1)
		}
		m.candidates[m.ending[b]] = append(m.candidates[m.ending[b]], i)
	}
	return m
}

func pair(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// Find returns the first place of each word that the text holds, in the order of the
// words.
func (m *Matcher) Find(text []byte) []Hit {
	var hits []Hit
	var found []bool
	shift := m.shift
	for i := m.min - 1; i < len(text); {
		b := pair(text[i-1], text[i])
		if s := shift[b]; s > 0 {
			i += int(s)
			continue
		}
		start := i - m.min + 1
		for _, w := range m.candidates[m.ending[b]] {
			if (found == nil || !found[w]) && m.at(text, start, w) {
				if found == nil {
					found = make([]bool, len(m.words))
				}
				found[w] = true
				hits = append(hits, Hit{w, start})
			}
		}
		i++
	}
	slices.SortFunc(hits, func(a, b Hit) int { return a.Word - b.Word })
	return hits
}

func (m *Matcher) at(text []byte, start, w int) bool {
	word := m.words[w]
	end := start + len(word.Text)
	if end > len(text) || string(text[start:end]) != word.Text {
		return false
	}
	return !word.Whole || (start == 0 || !inWord(text[start-1])) && (end == len(text) || !inWord(text[end]))
}

func inWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
