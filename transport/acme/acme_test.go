package acme_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/transport/acme"
	"github.com/parley-engine/parley/transport/acme/acmetest"
)

// told passes on the lines of a log, with their attributes.
type told chan string

func (told) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (w told) WithAttrs([]slog.Attr) slog.Handler         { return w }
func (w told) WithGroup(string) slog.Handler              { return w }
func (w told) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	w <- line
	return nil
}

// await is the first line with a text in it.
func (w told) await(t *testing.T, text string) string {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case line := <-w:
			if strings.Contains(line, text) {
				return line
			}
			t.Log(line)
		case <-late:
			t.Fatalf("%q is not told", text)
		}
	}
}

func pool(t *testing.T, text []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(text) {
		t.Fatal("no certificate")
	}
	return p
}

// folder is one for certificates. An order that is under way at Stop may still
// write there for a moment, which t.TempDir takes for a failure.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "certificates")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 100 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	return dir
}

// listen serves handshakes, and nothing behind them.
func listen(t *testing.T, o acme.Options) (c *acme.Certificates, at net.Addr) {
	t.Helper()
	c, err := acme.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(); c.Stop() })
	if err := c.Start(l.Addr()); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = tls.Server(conn, c.TLS()).Handshake(); _ = conn.Close() }()
		}
	}()
	return c, l.Addr()
}

func shake(t *testing.T, at net.Addr, name string, roots *x509.CertPool) (*x509.Certificate, error) {
	t.Helper()
	conn, err := tls.Dial("tcp", at.String(), &tls.Config{ServerName: name, RootCAs: roots})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}

func TestCertificatesAreOrderedProvenShownAndKept(t *testing.T) {
	authority := acmetest.Start(t)
	log := make(told, 1000)
	o := acme.Options{Domains: []string{"chat.example.com", "desk.example.com"}, Email: "it@example.com", Directory: authority.Directory,
		Roots: pool(t, authority.RootsPEM), Folder: filepath.Join(folder(t), "certificates"), Log: slog.New(log)}
	c, at := listen(t, o)
	if _, err := shake(t, at, "chat.example.com", nil); err == nil {
		t.Error("a certificate is shown before there is one")
	}
	authority.Validate(at.(*net.TCPAddr).Port)
	log.await(t, "certificate shown from now on")
	log.await(t, "certificate shown from now on")
	first, err := shake(t, at, "chat.example.com", pool(t, authority.IssuerPEM()))
	if err != nil || len(first.DNSNames) != 1 || first.DNSNames[0] != "chat.example.com" {
		t.Fatalf("%v: %+v", err, first)
	}
	if _, err := shake(t, at, "desk.example.com", pool(t, authority.IssuerPEM())); err != nil {
		t.Error(err)
	}
	if _, err := shake(t, at, "chat.example.com", pool(t, authority.RootsPEM)); err == nil {
		t.Error("the certificate is believed from somebody else")
	}
	c.Stop()
	keptToItself(t, o.Folder)
	ordered := authority.Orders()
	_, at = listen(t, o) // the next process
	log.await(t, "certificate shown from now on")
	log.await(t, "certificate shown from now on")
	again, err := shake(t, at, "chat.example.com", pool(t, authority.IssuerPEM()))
	if err != nil || again.SerialNumber.Cmp(first.SerialNumber) != 0 || authority.Orders() != ordered {
		t.Errorf("after a restart: %v, %d orders, expected %d", err, authority.Orders(), ordered)
	}
}

// keptToItself holds a folder to be readable by its owner alone.
func keptToItself(t *testing.T, folder string) {
	t.Helper()
	keys := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if strings.HasSuffix(path, ".key") {
			keys++
			if err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has the mode %s", d.Name(), info.Mode())
			}
		}
		return err
	})
	if err != nil || keys != 3 { // of two domains and the account
		t.Errorf("%v, %d keys, expected 3", err, keys)
	}
}

func TestAnAuthorityThatCannotReachTheListenerIsToldOfInTheLog(t *testing.T) {
	authority := acmetest.Start(t)
	elsewhere, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = elsewhere.Close() // nobody is there
	authority.Validate(elsewhere.Addr().(*net.TCPAddr).Port)
	log := make(told, 1000)
	_, at := listen(t, acme.Options{Domains: []string{"chat.example.com"}, Directory: authority.Directory, Roots: pool(t, authority.RootsPEM),
		Folder: folder(t), Log: slog.New(log)})
	if line := log.await(t, "certificate not obtained"); !strings.Contains(line, "chat.example.com") || !strings.Contains(line, "Failed to connect") {
		t.Errorf("it says %q", line)
	}
	if _, err := shake(t, at, "chat.example.com", pool(t, authority.IssuerPEM())); err == nil {
		t.Error("a certificate is shown")
	}
}

func TestOrdersNeedADomainAFolderAndATCPAddress(t *testing.T) {
	for name, o := range map[string]acme.Options{"no domain": {Folder: "x"}, "no folder": {Domains: []string{"a.example.com"}}} {
		if _, err := acme.New(o); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, err := acme.New(acme.Options{Domains: []string{"a.example.com"}, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	if err := c.Start(&net.UnixAddr{Name: "socket"}); err == nil || errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "TCP") {
		t.Errorf("a socket of this machine: %v", err)
	}
}
