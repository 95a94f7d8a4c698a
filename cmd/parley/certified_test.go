package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-engine/parley/transport/acme/acmetest"
)

func TestANodeOrdersItsCertificateAndServesWithIt(t *testing.T) {
	authority, dir := acmetest.Start(t), t.TempDir()
	file := filepath.Join(dir, "parley.yaml")
	write(t, filepath.Join(dir, "authority.pem"), string(authority.RootsPEM))
	write(t, filepath.Join(dir, "key"), strings.Repeat("k", 32))
	write(t, file, string(devConfig)+"\ntokens: {issuer: parley, audience: parley, secret_file: key}\ntls: {acme: {domains: [chat.example.com], email: it@example.com, directory: '"+
		authority.Directory+"', ca_file: authority.pem, folder: own/certificates}}\n")
	p := serve(t, "--config", file, "--data", filepath.Join(dir, "data"))
	at, err := net.ResolveTCPAddr("tcp", p.public)
	if err != nil {
		t.Fatal(err)
	}
	const series = `parley_certificate_not_after_seconds{listener="public",name="chat.example.com"} `
	if status, body := p.ask("GET", "/readyz", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, "no_certificate") {
		t.Errorf("without a certificate it is ready with %d %s", status, body)
	}
	if _, page := p.ask("GET", "/metrics", ""); !strings.Contains(page, series+"0\n") {
		t.Error("the metrics do not say that there is no certificate")
	}
	authority.Validate(at.Port)
	p.waitFor("certificate shown from now on")
	if status, body := p.ask("GET", "/readyz", ""); status != http.StatusOK {
		t.Errorf("with a certificate it is ready with %d %s", status, body)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.IssuerPEM())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: "chat.example.com", RootCAs: roots}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + p.public + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.TLS.PeerCertificates[0].DNSNames[0] != "chat.example.com" {
		t.Errorf("%s by %v", resp.Status, resp.TLS.PeerCertificates[0].DNSNames)
	}
	until := resp.TLS.PeerCertificates[0].NotAfter.Unix()
	if _, page := p.ask("GET", "/metrics", ""); !strings.Contains(page, series+strconv.FormatInt(until, 10)+"\n") {
		t.Errorf("the metrics do not say that the certificate is good until %d", until)
	}
	keys, err := filepath.Glob(filepath.Join(dir, "data", "own", "certificates", "certificates", "*", "chat.example.com", "*.key"))
	if err != nil || len(keys) != 1 {
		t.Errorf("%v, the key is not where the configuration says: %v", err, keys)
	}
	if code := p.stop(); code != 0 {
		t.Errorf("exit %d: %s", code, p.errs)
	}
	if strings.Contains(p.errs.String(), "PRIVATE KEY") {
		t.Error("a key is in the log")
	}
}
