package outbound

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestPrivateAddressesAreOutOfReachUnlessTheirNetworkIsAllowed(t *testing.T) {
	shut := (&Options{}).withDefaults()
	open := quick().withDefaults()
	for address, public := range map[string]bool{
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "::": false, "::1": false, "::ffff:127.0.0.1": false,
		"::ffff:10.0.0.1": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false,
		"2001:db8::1": false, "2001::1": false, "93.184.215.14": true, "::ffff:93.184.215.14": true, "2606:2800:21f:cb07::1": true, "172.15.0.1": true, "172.32.0.1": true,
	} {
		a := netip.MustParseAddr(address)
		if got := shut.reachable(a, true); got != public {
			t.Errorf("%s is within reach: %t, expected %t", address, got, public)
		}
		if shut.reachable(a, false) {
			t.Errorf("%s is within reach in the clear", address)
		}
		if a.Unmap().IsLoopback() && !open.reachable(a, false) {
			t.Errorf("%s is out of reach although its network is allowed", address)
		}
	}
}

// TestANameThatLeadsToAPrivateAddressIsRefusedWhenItIsDialled has a name that
// passes every check of its text.
func TestANameThatLeadsToAPrivateAddressIsRefusedWhenItIsDialled(t *testing.T) {
	called := make(chan struct{}, 1)
	r := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called <- struct{}{} }))
	defer r.Close()
	o := Options{}.withDefaults()
	url := strings.Replace(r.URL, "127.0.0.1", "localhost", 1)
	if err := o.check(&WebhookSpec{URL: url}); err != nil {
		t.Fatalf("%s does not even reach the dialler: %v", url, err)
	}
	p := &post{client: o.client(true), url: url, limit: time.Minute, now: time.Now, keys: func() []string { return nil }}
	if err := p.deliver(context.Background(), "m1", []byte("{}")); !errors.Is(err, ErrPrivate) {
		t.Errorf("localhost is refused with %v", err)
	}
	select {
	case <-called:
		t.Error("it was reached")
	default:
	}
}

func TestWhatIsWrongWithAWebhookIsNamed(t *testing.T) {
	o := Options{}.withDefaults()
	for _, tt := range []struct {
		spec WebhookSpec
		want string
	}{
		{WebhookSpec{}, "body.url"}, {WebhookSpec{URL: "ftp://x"}, "body.url"}, {WebhookSpec{URL: "https:///x"}, "body.url"},
		{WebhookSpec{URL: "http://hooks.example.com"}, "not encrypted"}, {WebhookSpec{URL: "https://u:p@hooks.example.com"}, "a user"},
		{WebhookSpec{URL: "https://10.0.0.1/x"}, "may not reach"}, {WebhookSpec{URL: "https://[::1]/x"}, "may not reach"},
		{WebhookSpec{URL: "https://hooks.example.com", Note: strings.Repeat("n", 201)}, "body.note"},
		{WebhookSpec{URL: "https://hooks.example.com", Filter: Filter{Kinds: []string{"*", "nothing"}}}, "body.kinds[1]"},
	} {
		if err := o.check(&tt.spec); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v is answered with %v, expected %q in it", tt.spec, err, tt.want)
		}
	}
	if err := o.check(&WebhookSpec{URL: "https://hooks.example.com/parley?x=1"}); err != nil {
		t.Error(err)
	}
}
