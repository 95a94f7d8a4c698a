package transport

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	n    int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{n: 1}
	a.key = newKey(t)
	a.cert = &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pem is the authority's own certificate.
func (a *authority) pem(t *testing.T) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// issue makes a certificate for this machine, as PEM with its key.
func (a *authority) issue(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	a.n++
	k := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(a.n), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, a.cert, &k.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})
}

func (a *authority) pool(t *testing.T) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.pem(t))
	return pool
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// filed writes a certificate and the authority of clients.
func (a *authority) filed(t *testing.T) CertificateFiles {
	t.Helper()
	dir := t.TempDir()
	f := CertificateFiles{filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "ca.pem")}
	cert, key := a.issue(t, "first")
	write(t, f.Cert, cert)
	write(t, f.Key, key)
	write(t, f.ClientCA, a.pem(t))
	return f
}

func onTLS(t *testing.T, h http.Handler, files CertificateFiles) (url string) {
	t.Helper()
	certs, err := NewCertificates(files, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // of refused handshakes
	srv.Listener = tls.NewListener(srv.Listener, certs.TLS())
	srv.Start()
	t.Cleanup(srv.Close)
	return "https://" + strings.TrimPrefix(srv.URL, "http://")
}

func (a *authority) client(t *testing.T, certs ...tls.Certificate) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.pool(t), Certificates: certs}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestASessionLivesOverTLS(t *testing.T) {
	a := newAuthority(t)
	files := a.filed(t)
	files.ClientCA = ""
	e := newEdge(t, nil)
	e.url, e.client = onTLS(t, e.server.Handler(), files), a.client(t)
	p := e.hello(acd.RoleAgent, "alice")
	p.say(`{"type":"set_presence","id":"1","state":"available"}`)
	p.expect(`"type":"ok","re":"1"`)
	e.server.Disconnect(acd.Principal{Role: acd.RoleAgent, ID: "alice"}, 4501)
	p.expectClose(4501)
}

func TestTheAdminListenerLetsNobodyInWithoutACertificate(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	e := newEdge(t, nil)
	url := onTLS(t, e.server.AdminHandler(), a.filed(t))
	pair := func(by *authority) tls.Certificate {
		made, err := tls.X509KeyPair(by.issue(t, "operator"))
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	resp, err := a.client(t, pair(a)).Get(url + "/metrics")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("with a certificate: %v %v", resp, err)
	}
	_ = resp.Body.Close()
	for name, client := range map[string]*http.Client{"none": a.client(t), "another authority's": a.client(t, pair(stranger))} {
		if resp, err := client.Get(url + "/metrics"); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s: let in with %s", name, resp.Status)
		}
	}
	if resp, err := http.Get("http" + strings.TrimPrefix(url, "https") + "/metrics"); err == nil {
		if resp.StatusCode == http.StatusOK {
			t.Error("let in without TLS")
		}
		_ = resp.Body.Close()
	}
}

func TestARenewedCertificateHoldsForTheNextConnection(t *testing.T) {
	a := newAuthority(t)
	files := a.filed(t)
	var said strings.Builder
	c, err := NewCertificates(files, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	shown := func(now time.Time) string {
		leaf, err := x509.ParseCertificate(c.current(now).Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.Subject.CommonName
	}
	now := time.Now()
	cert, key := a.issue(t, "the second")
	write(t, files.Cert, cert)
	if got := shown(now.Add(2 * time.Second)); got != "first" || !strings.Contains(said.String(), "the old ones stay") {
		t.Errorf("with half of the renewal: %s, said %s", got, said.String())
	}
	write(t, files.Key, key)
	if got := shown(now.Add(2*time.Second + time.Millisecond)); got != "first" {
		t.Errorf("looked twice within a second: %s", got)
	}
	if got := shown(now.Add(4 * time.Second)); got != "the second" {
		t.Errorf("after the renewal: %s", got)
	}
	if strings.Contains(said.String(), "PRIVATE") {
		t.Error("the key is in the log")
	}
}

func TestWrongCertificatesAreAnErrorAtOnce(t *testing.T) {
	a := newAuthority(t)
	good, other := a.filed(t), a.filed(t)
	empty := filepath.Join(t.TempDir(), "empty.pem")
	write(t, empty, nil)
	for name, files := range map[string]CertificateFiles{
		"another's key":    {Cert: good.Cert, Key: other.Key},
		"no certificate":   {Cert: "missing.pem", Key: good.Key},
		"no authority":     {Cert: good.Cert, Key: good.Key, ClientCA: empty},
		"a missing file":   {Cert: good.Cert, Key: good.Key, ClientCA: "missing.pem"},
		"a key as a chain": {Cert: good.Key, Key: good.Key},
	} {
		if _, err := NewCertificates(files, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
