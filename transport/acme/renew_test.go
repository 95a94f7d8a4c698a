package acme_test

import (
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/parley-engine/parley/transport/acme"
	"github.com/parley-engine/parley/transport/acme/acmetest"
)

// TestACertificateIsRenewedWhileTheListenerServes with certificates that live
// for seconds: the library goes by the clock of the machine alone.
func TestACertificateIsRenewedWhileTheListenerServes(t *testing.T) {
	authority := acmetest.Start(t)
	authority.Lifetime = 6 * time.Second
	log := make(told, 1000)
	c, at := listen(t, acme.Options{Domains: []string{"chat.example.com"}, Directory: authority.Directory, Roots: pool(t, authority.RootsPEM),
		Folder: folder(t), Look: 100 * time.Millisecond, Log: slog.New(log)})
	if until := c.Until(); len(until) != 1 || !until["chat.example.com"].IsZero() {
		t.Errorf("before there is a certificate it is good until %v", until)
	}
	authority.Validate(at.(*net.TCPAddr).Port)
	log.await(t, "certificate shown from now on")
	roots := pool(t, authority.IssuerPEM())
	first, err := shake(t, at, "chat.example.com", roots)
	if err != nil {
		t.Fatal(err)
	}
	if until := c.Until()["chat.example.com"]; !until.Equal(first.NotAfter) {
		t.Errorf("it is good until %v, and says %v", first.NotAfter, until)
	}
	log.await(t, "renewed=true")
	tick := time.NewTicker(time.Millisecond) // it is shown a moment later
	defer tick.Stop()
	for now := range tick.C {
		if c.Until()["chat.example.com"].After(first.NotAfter) {
			break
		}
		if now.After(first.NotAfter.Add(time.Minute)) { // a busy machine may be late
			t.Fatalf("the first one has run out at %v and is shown still", first.NotAfter)
		}
	}
	second, err := shake(t, at, "chat.example.com", roots)
	if err != nil || second.SerialNumber.Cmp(first.SerialNumber) == 0 || !second.NotAfter.After(first.NotAfter) {
		t.Fatalf("%v: after %s until %v comes %s until %v", err, first.SerialNumber, first.NotAfter, second.SerialNumber, second.NotAfter)
	}
	if until := c.Until()["chat.example.com"]; until.Before(second.NotAfter) {
		t.Errorf("it is good until %v, and says %v", second.NotAfter, until)
	}
}
