package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// CertificateFiles say how a listener shows who it is, and whom it lets in.
type CertificateFiles struct {
	Cert, Key string // PEM; the chain, and its key
	// ClientCA are the authorities of client certificates, PEM. With it nobody is
	// let in without a certificate of one of them.
	ClientCA string
}

// certificateLook is how long files are believed before they are looked at
// again, by the next connection.
const certificateLook = time.Second

// Certificates are the certificates of a listener. They are read again when
// their files have changed: a renewed one holds for the next connection,
// without a restart. What cannot be read leaves the last good ones in place.
// It is safe for concurrent use.
type Certificates struct {
	files CertificateFiles
	log   *slog.Logger

	mu     sync.Mutex
	looked time.Time
	stamps [3]stamp
	config *tls.Config
}

// stamp tells one state of a file from another.
type stamp struct {
	changed time.Time
	size    int64
}

// NewCertificates reads the files once, so that wrong ones are an error now.
func NewCertificates(files CertificateFiles, log *slog.Logger) (*Certificates, error) {
	c := &Certificates{files: files, log: log, looked: time.Now()}
	c.stamps = c.look()
	config, err := files.load()
	if err != nil {
		return nil, err
	}
	c.config = config
	return c, nil
}

// TLS is for the listener.
func (c *Certificates) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return c.current(time.Now()), nil
	}}
}

// current is what holds now.
func (c *Certificates) current(now time.Time) *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) < certificateLook {
		return c.config
	}
	c.looked = now
	stamps := c.look()
	if stamps == c.stamps {
		return c.config
	}
	config, err := c.files.load()
	if err != nil { // half written, perhaps: the next connection looks again
		c.log.Error("certificates not read again, the old ones stay", "err", err)
		return c.config
	}
	c.log.Info("certificates read again", "file", c.files.Cert)
	c.config, c.stamps = config, stamps
	return c.config
}

// Until says when the certificate that is shown runs out, by its first name.
func (c *Certificates) Until() map[string]time.Time {
	leaf := c.current(time.Now()).Certificates[0].Leaf
	if leaf == nil {
		return nil // it was loaded without, which LoadX509KeyPair does not do
	}
	name := leaf.Subject.CommonName
	if len(leaf.DNSNames) > 0 {
		name = leaf.DNSNames[0]
	}
	return map[string]time.Time{name: leaf.NotAfter}
}

func (c *Certificates) look() (stamps [3]stamp) {
	for i, file := range []string{c.files.Cert, c.files.Key, c.files.ClientCA} {
		if info, err := os.Stat(file); err == nil {
			stamps[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return stamps
}

// load makes a configuration of the files. HTTP/1.1 is all that it offers: a
// websocket needs no more.
func (f CertificateFiles) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	if f.ClientCA == "" {
		return config, nil
	}
	text, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("client authorities: %w", err)
	}
	config.ClientCAs, config.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert
	if !config.ClientCAs.AppendCertsFromPEM(text) {
		return nil, errors.New("client authorities: no certificate in the file")
	}
	return config, nil
}
