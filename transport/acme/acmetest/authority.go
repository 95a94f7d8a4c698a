// Package acmetest is an authority that speaks ACME, for tests without a
// network: Pebble, which the makers of the protocol test clients with, in this
// process. Every domain leads to 127.0.0.1.
package acmetest

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/core"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// Authority answers orders once it knows where the domains are served.
type Authority struct {
	// Directory is its address, and RootsPEM whom its own listener's certificate
	// is believed from.
	Directory string
	RootsPEM  []byte
	// Lifetime is of its certificates, in whole seconds, if it is set before
	// Validate; 90 days.
	Lifetime time.Duration
	orders   atomic.Int64
	serving  chan struct{}
	handler  http.Handler
	issuer   *ca.CAImpl
	store    *db.MemoryStore
	names    string

	mu    sync.Mutex
	taken []string // serials of certificates that were fetched since the last order
}

// Start starts one, until the test is over. Whoever asks it waits for Validate.
func Start(t testing.TB) *Authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "20") // a client has to live with some
	a := &Authority{serving: make(chan struct{}), names: serveNames(t)}
	server := httptest.NewTLSServer(http.HandlerFunc(a.answer))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	a.Directory = server.URL + wfe.DirectoryPath
	a.RootsPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return a
}

// Validate says at which port of 127.0.0.1 the domains are served.
func (a *Authority) Validate(port int) {
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	a.store = store
	a.issuer = ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "the only one", ValidityPeriod: uint64(a.Lifetime.Seconds())}})
	front := wfe.New(quiet, store, va.New(quiet, port, port, true, a.names, store), a.issuer, []string{"authority.test"}, true, false, 1, 1)
	a.handler = front.Handler()
	close(a.serving)
}

func (a *Authority) answer(w http.ResponseWriter, r *http.Request) {
	select {
	case <-a.serving:
	case <-r.Context().Done():
		return
	}
	a.mu.Lock()
	if serial, ok := strings.CutPrefix(r.URL.Path, "/certZ/"); ok {
		a.taken = append(a.taken, serial)
	}
	if strings.HasSuffix(r.URL.Path, "/order-plz") {
		a.orders.Add(1)
		for _, serial := range a.taken {
			a.alsoInFull(serial)
		}
		a.taken = a.taken[:0]
	}
	a.mu.Unlock()
	a.handler.ServeHTTP(w, r)
}

// alsoInFull makes an order known by its certificate's serial as it stands in
// the certificate: with a zero byte before a first bit that is set. That is how
// who renews names it (RFC 9773, 4.1), and Pebble looks for it without the
// zero, so that one certificate of 256 could not be replaced.
func (a *Authority) alsoInFull(serial string) {
	order, err := a.store.GetOrderByIssuedSerial(serial)
	if err != nil || serial[0] < '8' {
		return
	}
	order.RLock()
	defer order.RUnlock()
	again := &core.Order{Order: order.Order, ID: order.ID, AccountID: order.AccountID, CertificateObject: &core.Certificate{ID: "00" + serial}}
	if err := a.store.AddOrderByIssuedSerial(again); err != nil {
		panic(err) // it has a certificate
	}
}

// Orders is how many orders came, those with a nonce that was refused too.
func (a *Authority) Orders() int64 { return a.orders.Load() }

// IssuerPEM is whom its certificates are believed from.
func (a *Authority) IssuerPEM() []byte { return a.issuer.GetRootCert(0).PEM() }

// serveNames answers every question for an address with 127.0.0.1.
func serveNames(t testing.TB) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		answer := new(dns.Msg).SetReply(q)
		if len(q.Question) == 1 && q.Question[0].Qtype == dns.TypeA {
			answer.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(answer) // who asked may have gone
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}
