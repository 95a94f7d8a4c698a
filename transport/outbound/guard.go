package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// ErrPrivate refuses an address that webhooks may not reach: who can write an
// address into a form must not reach with it what only this machine can.
var ErrPrivate = errors.New("is an address that webhooks may not reach; an operator can allow its network")

// private are the networks that are no part of the public internet, or lead out
// of it again.
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("224.0.0.0/3"),
}

// public is the one network of IPv6 that is; within it these are not.
var (
	public6  = netip.MustParsePrefix("2000::/3")
	private6 = []netip.Prefix{
		netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
	}
)

func contains(all []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) })
}

// reachable reports whether webhooks may reach an address. In the clear they
// may only reach what an operator has named.
func (o *Options) reachable(a netip.Addr, secure bool) bool {
	a = a.Unmap().WithZone("")
	switch {
	case contains(o.Networks, a):
		return true
	case !secure:
		return false
	case a.Is4():
		return !contains(private, a)
	}
	return public6.Contains(a) && !contains(private6, a)
}

// dialer connects to addresses that may be reached. It looks at the address
// that a name has led to, at the moment of the connection, so that a name which
// leads elsewhere by then is of no use.
func (o *Options) dialer(secure bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %q: %w", address, err)
		}
		if !o.reachable(at.Addr(), secure) {
			return fmt.Errorf("%s %w", at.Addr(), ErrPrivate)
		}
		return nil
	}}
	return d.DialContext
}

// client is for webhooks: by no proxy, to nowhere else, and with little
// patience.
func (o *Options) client(secure bool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: o.dialer(secure), ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: o.Retry.Timeout,
			MaxIdleConnsPerHost: hookParallel, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
