package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// certified makes a certificate of this machine's, in cert.pem and key.pem of a
// folder, and returns what believes it.
func certified(t *testing.T, folder, name string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, filepath.Join(folder, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})))
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS13}
}

// scheme of the public listener's addresses.
func (s *server) scheme() string {
	if s.trust == nil {
		return "ws://"
	}
	return "wss://"
}

const ownCertificate = "tls: {cert_file: cert.pem, key_file: key.pem}\n"

// TestARollingRestartWithTLSLosesNothingAndRepeatsNothing: what is handed over is
// the listener under the certificates, and each process puts its own over it.
func TestARollingRestartWithTLSLosesNothingAndRepeatsNothing(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	s.trust = certified(t, s.dir, "parley")
	write(t, s.path("parley.yaml"), killConfig+ownCertificate)
	s.restartedUnderLoad(rounds(2, 20))
}

// TestASuccessorShowsItsOwnCertificates: the first process serves in the clear,
// the second with a certificate, the third with another one, at one address that
// is never closed. A connection that has not shaken hands holds nobody up.
func TestASuccessorShowsItsOwnCertificates(t *testing.T) {
	folder, data := t.TempDir(), t.TempDir()
	file := filepath.Join(folder, "parley.yaml")
	write(t, filepath.Join(folder, "secret"), "a secret of at least thirty-two bytes")
	write(t, file, killConfig)
	first := serve(t, "--config", file, "--data", data)
	begin := func(before *program) *program {
		t.Helper()
		silent, err := net.Dial("tcp", before.public)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		next := serve(t, "--config", file, "--data", data, "--take-over", "--listen="+before.public, "--admin-listen="+before.admin)
		if before.ended() != exitOK || next.public != before.public {
			t.Fatalf("%s after %s: %s", next.public, before.public, before.errs)
		}
		return next
	}
	shows := func(p *program, name string, trust *tls.Config) {
		t.Helper()
		for _, address := range []string{p.public, p.admin} {
			conn, err := tls.Dial("tcp", address, trust)
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			if got := conn.ConnectionState().PeerCertificates[0].Subject.CommonName; got != name {
				t.Errorf("%s shows the certificate of %s, expected %s", address, got, name)
			}
			_ = conn.Close()
		}
	}
	trust := certified(t, folder, "first")
	write(t, file, killConfig+ownCertificate+"admin_"+ownCertificate)
	second := begin(first)
	shows(second, "first", trust)
	other := t.TempDir()
	trust = certified(t, other, "second")
	both := "tls: {cert_file: " + other + "/cert.pem, key_file: " + other + "/key.pem}\n"
	write(t, file, killConfig+both+"admin_"+both)
	third := begin(second)
	shows(third, "second", trust)
	if code := third.stop(); code != exitOK {
		t.Errorf("exit %d: %s", code, third.errs)
	}
}
