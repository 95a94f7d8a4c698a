package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/acme"
	"github.com/parley-engine/parley/transport/config"
)

// display is what a listener shows of itself: certificates, or nothing where the
// connection is in the clear.
type display struct {
	certificates interface {
		TLS() *tls.Config
		Until() map[string]time.Time
	}
}

func (s display) scheme() string {
	if s.certificates == nil {
		return "http"
	}
	return "https"
}

// over puts the certificates over a listener.
func (s display) over(l net.Listener) net.Listener {
	if s.certificates == nil {
		return l
	}
	return tls.NewListener(l, s.certificates.TLS())
}

// certified reads the certificates of both listeners, and warns of an admin
// listener that others could reach without one.
func (n *node) certified(s *config.Settings) error {
	if err := n.ordered(s.ACME); err != nil {
		return fmt.Errorf("tls.acme: %w", err)
	}
	for _, l := range []struct {
		name  string
		files *transport.CertificateFiles
		into  *display
	}{{"tls", s.TLS, &n.display}, {"admin_tls", s.AdminTLS, &n.adminDisplay}} {
		if l.files == nil {
			continue
		}
		made, err := transport.NewCertificates(*l.files, n.log)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		l.into.certificates = made
	}
	if !config.Loopback(s.AdminListen) && (s.AdminTLS == nil || s.AdminTLS.ClientCA == "") {
		n.log.Warn("whoever reaches the admin listener reads metrics and profiles: expected 127.0.0.1, or admin_tls with client_ca_file", "admin", s.AdminListen)
	}
	return nil
}

// ordered prepares to order the certificates of the public listener.
func (n *node) ordered(a *config.ACME) (err error) {
	if a == nil {
		return nil
	}
	o := acme.Options{Domains: a.Domains, Email: a.Email, Directory: a.Directory, Folder: filepath.Join(n.data, a.Folder), Log: n.log}
	if a.RootsPEM != nil {
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(a.RootsPEM) {
			return errors.New("ca_file has no certificate that can be read")
		}
	}
	if n.orders, err = acme.New(o); err == nil {
		n.display.certificates = n.orders
	}
	return err
}

// order orders certificates, if that is how the node gets them, for a listener
// that is about to accept.
func (n *node) order() error {
	if n.orders == nil {
		return nil
	}
	return n.orders.Start(n.public.Addr())
}

// presentable reports whether anybody can be shown a certificate on the public
// listener: with several domains one will do.
func (n *node) presentable() bool {
	if n.display.certificates == nil {
		return true
	}
	for _, until := range n.display.certificates.Until() {
		if time.Now().Before(until) {
			return true
		}
	}
	return false
}

// certificateGauges show until when each certificate is good, zero for one that
// is not there yet.
func (n *node) certificateGauges(w io.Writer) {
	for listener, d := range map[string]display{"public": n.display, "admin": n.adminDisplay} {
		if d.certificates == nil {
			continue
		}
		for name, until := range d.certificates.Until() {
			seconds := max(until.Unix(), 0)
			metrics.WriteGaugeUint64(w, fmt.Sprintf("parley_certificate_not_after_seconds{listener=%q,name=%q}", listener, name), uint64(seconds))
		}
	}
}
