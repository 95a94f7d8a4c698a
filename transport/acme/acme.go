// Package acme orders the certificates of a listener from an authority that
// speaks ACME (RFC 8555), shows them, and orders them again before they run out.
//
// The authority proves that a domain is ours by a handshake with the listener
// itself (TLS-ALPN-01, RFC 8737), so that no second port has to be open: the
// authority reaches port 443 of the domain, which has to lead to the listener.
package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// LetsEncrypt is the directory that is asked when no other is named.
const LetsEncrypt = certmagic.LetsEncryptProductionCA

// Options of Certificates. Domains and Folder are needed.
type Options struct {
	// Domains get a certificate each; the first is shown to who names none.
	Domains []string
	// Email is where the authority writes when something is wrong; nowhere.
	Email string
	// Directory of the authority; LetsEncrypt. Ordering agrees to its terms.
	Directory string
	// Roots are whom the directory's own certificate is believed from; the
	// system's.
	Roots *x509.CertPool
	// Folder keeps the account, the keys and the certificates, so that a restart
	// orders nothing. Processes that share it take turns.
	Folder string
	// Look is how often it is looked for what runs out soon: a third of its time
	// before it does, or when the authority says; 10 min.
	Look time.Duration
	Log  *slog.Logger // discards
}

// Certificates are those of a listener. They are safe for concurrent use.
type Certificates struct {
	options Options
	cache   *certmagic.Cache
	config  *certmagic.Config
	zap     *zap.Logger
	cancel  context.CancelFunc
	running context.Context
	stop    sync.Once
}

// New makes them, without a look at disk or network.
func New(o Options) (*Certificates, error) {
	if len(o.Domains) == 0 || o.Folder == "" {
		return nil, errors.New("acme: expected Domains and a Folder")
	}
	if o.Directory == "" {
		o.Directory = LetsEncrypt
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Certificates{options: o, zap: zap.New(&bridge{handler: o.Log.Handler()})}
	c.running, c.cancel = context.WithCancel(context.Background())
	c.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return c.config, nil }, Logger: c.zap,
		RenewCheckInterval: o.Look, // zero is the library's
	})
	c.config = certmagic.New(c.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: o.Folder}, DefaultServerName: o.Domains[0], Logger: c.zap, OnEvent: c.happened,
		OCSP: certmagic.OCSPConfig{DisableStapling: true}, // nobody but the directory is asked
	})
	return c, nil
}

// TLS is for the listener. Before there is a certificate a handshake fails.
func (c *Certificates) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", "acme-tls/1"}, GetCertificate: c.config.GetCertificate}
}

// Until says, for each domain, when the certificate that is shown runs out; zero
// while there is none.
func (c *Certificates) Until() map[string]time.Time {
	all := make(map[string]time.Time, len(c.options.Domains))
	for _, domain := range c.options.Domains {
		all[domain] = time.Time{}
		for _, one := range c.cache.AllMatchingCertificates(domain) {
			if one.Leaf != nil && one.Leaf.NotAfter.After(all[domain]) {
				all[domain] = one.Leaf.NotAfter
			}
		}
	}
	return all
}

// Start loads what is there and orders what is missing, in the background, over
// and over until the authority gives it. It comes once, when the listener has its
// address and before it accepts, which it has to soon: the authority comes to it.
func (c *Certificates) Start(listening net.Addr) error {
	at, ok := listening.(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("acme: listening on %s, expected a TCP address", listening)
	}
	c.config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(c.config, certmagic.ACMEIssuer{
		CA: c.options.Directory, Email: c.options.Email, Agreed: true, TrustedRoots: c.options.Roots, Logger: c.zap,
		DisableHTTPChallenge: true, ListenHost: at.IP.String(), AltTLSALPNPort: at.Port, // taken, by us
	})}
	if err := c.config.ManageAsync(c.running, c.options.Domains); err != nil {
		return fmt.Errorf("acme: %w", err)
	}
	return nil
}

// Stop ends orders that are under way and looks at what runs out. The listener
// may go on with what there is.
func (c *Certificates) Stop() {
	c.stop.Do(func() {
		c.cancel()
		c.cache.Stop()
	})
}

// happened logs what became of an order.
func (c *Certificates) happened(_ context.Context, event string, data map[string]any) error {
	domain, _ := data["identifier"].(string)
	switch event {
	case "cert_obtained":
		c.options.Log.Info("certificate obtained", "domain", domain, "renewed", data["renewal"] == true)
	case "cached_managed_cert":
		c.options.Log.Info("certificate shown from now on", "domains", data["sans"])
	case "cert_failed":
		c.options.Log.Warn("certificate not obtained, it is ordered again later", "domain", domain, "err", data["error"])
	}
	return nil
}
