package target

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that does not print itself: every verb of fmt, JSON, text encoders and
// slog show a mask. The zero Secret is empty. The text sits behind a function, so that
// printing a struct that holds a Secret in an unexported field shows an address.
type Secret struct{ reveal func() string }

// NewSecret hides s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{func() string { return s }}
}

// mask stands for a secret wherever one would be printed.
const mask = "[hidden]"

// Reveal returns the text, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// Empty says that there is no text.
func (s Secret) Empty() bool { return s.reveal == nil }

// String is a mask, or "" when there is nothing to hide.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return mask
}

// GoString is the mask for %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes the mask for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText is the mask; JSON uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON is the mask.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// LogValue is the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
