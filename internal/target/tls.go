package target

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLS are the options of a target's TLS connections.
type TLS struct {
	CAFile   string // PEM; checked instead of the system's own roots
	CertFile string // PEM; the client's certificate
	KeyFile  string // PEM; "": the key is in CertFile
	Insecure bool   // the server's certificate is not checked
}

// Config reads the files.
func (t TLS) Config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: t.Insecure}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the CA file %s: %w", t.CAFile, pathless(err))
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the CA file %s holds no PEM certificate", t.CAFile)
		}
	}
	if t.CertFile == "" {
		if t.KeyFile != "" {
			return nil, errors.New("a key file without a certificate file: name --cert-file too")
		}
		return c, nil
	}
	key := t.KeyFile
	if key == "" {
		key = t.CertFile
	}
	cert, err := tls.LoadX509KeyPair(t.CertFile, key)
	if err != nil {
		// The error of crypto/tls tells what is wrong with the files, never what is in them.
		return nil, fmt.Errorf("read the certificate %s with its key %s: %w", t.CertFile, key, pathless(err))
	}
	c.Certificates = []tls.Certificate{cert}
	return c, nil
}
