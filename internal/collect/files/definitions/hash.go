package definitions

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
)

// hashOf reports whether hash is that of password: base64 of a salt of four bytes and the
// digest of salt and password, by RabbitMQ's documentation on passwords. An algorithm that
// is not named is SHA-256, the default since 3.6.
func hashOf(hash, algorithm, password string) bool {
	const salt = 4
	raw, err := base64.StdEncoding.DecodeString(hash)
	if err != nil || len(raw) <= salt {
		return false
	}
	salted := append(bytes.Clone(raw[:salt]), password...)
	var digest []byte
	switch algorithm {
	case "", "rabbit_password_hashing_sha256":
		d := sha256.Sum256(salted)
		digest = d[:]
	case "rabbit_password_hashing_sha512":
		d := sha512.Sum512(salted)
		digest = d[:]
	case "rabbit_password_hashing_md5":
		d := md5.Sum(salted)
		digest = d[:]
	default:
		return false
	}
	return bytes.Equal(raw[salt:], digest)
}
