package transport

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/wire"
)

// Options of a Server. Engine and Auth are needed; the zero value of all else
// works and means what its comment says.
type Options struct {
	Engine Engine
	Auth   Verifier
	// Config returns the current configuration; without it sources, queues and
	// names are not looked up and only starts that name a queue are possible.
	Config func() *acd.Config
	// Busy says that the engine takes no new chats and that this has not been
	// enough: of new connections few are then let in. Without it all are.
	Busy func() bool
	// MostConnections bounds the websockets that are open at once; one more is
	// answered 503. 0 bounds nothing.
	MostConnections int
	// Presentable says that the public listener has a certificate to show, which
	// it may have to order first: until then /readyz says no_certificate. Without
	// it that is so.
	Presentable func() bool
	// Past answers the operator's questions about what has been; without it the
	// admin listener has no /v1/admin.
	Past Past
	// Trail takes what the edge knows for the audit trail; without it that is
	// not kept.
	Trail Trail
	// Files keeps attachments; without it none are taken.
	Files *Files
	// Revoked says whether a token that verifies has been taken back; without it
	// none is. It is asked at every sign-in, so it must be quick.
	Revoked func(Identity) bool
	// Signing signs the tokens of customers for a site's backend; without a
	// Secret there is no such call.
	Signing AuthOptions
	// Admin makes the operator's API under /v1/admin, for the admin listener;
	// without it there are the questions about what has been alone.
	Admin func(*Server) http.Handler
	// Pages are the chat and the desk for browsers; without it there are none.
	Pages *Pages
	// Dev lets pages on this machine choose who they are; never in a deployment.
	Dev     *Dev
	Log     *slog.Logger // discards
	Metrics *metrics.Set // a new one

	// Origins that browser pages may come from, "https://desk.example.com" or
	// with a wildcard "https://*.example.com"; by default only the server's own
	// host. A client without an Origin is no browser and is let in.
	Origins []string
	// TrustLoopback exempts addresses of this machine from the limits by address.
	TrustLoopback bool

	HelloTimeout      time.Duration // for the first frame; 5 s
	OpenTimeout       time.Duration // for the engine to open a session; 10 s
	DeskHeartbeat     time.Duration // whole seconds; 10 s
	CustomerHeartbeat time.Duration // whole seconds; 25 s
	HeartbeatLate     time.Duration // until 4002; 5 s
	WriteTimeout      time.Duration // for one write, until 4003; 5 s
	CloseLinger       time.Duration // for the peer's answer to a close; 1 s
	TokenWarning      time.Duration // how long before its end token_expiring comes; 60 s
	DrainSpread       time.Duration // over which a drain sends the peers away; 5 s

	Customer RoleLimits // 2 messages/s, burst 10, 4 sessions, 64 kB
	Desk     RoleLimits // 20 commands/s, burst 40, 16 sessions, 256 kB
	Address  AddressLimits
	Calls    CallLimits
	// BadFrames in a minute until 4500; 20.
	BadFrames int
}

// RoleLimits bound one principal, or each of his connections.
type RoleLimits struct {
	PerSecond  int // commands on average, of the principal
	Burst      int // commands at once, of the principal
	Unanswered int // commands without an answer yet, of a connection; 32
	Sessions   int // connections of the principal
	// OutboundBytes bound what stands here for a peer to read; more is 4003.
	OutboundBytes int
	// InboundBytes is how many bytes a peer may send at once; a quarter of it
	// comes back each second. InboundFrames is the same for websocket frames of
	// any kind, empty ones too. More of either is 4029.
	InboundBytes  int // 512 KiB for customers, 2 MiB for desks
	InboundFrames int // 400
}

// AddressLimits bound one client address (of IPv6 its /64).
type AddressLimits struct {
	Connections int // 100
	PerSecond   int // accepted; 10
	Burst       int // 30
}

func (o Options) withDefaults() Options {
	if o.Trail == nil {
		o.Trail = unnoted{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = metrics.NewSet()
	}
	if o.Config == nil {
		o.Config = func() *acd.Config { return nil }
	}
	if o.Revoked == nil {
		o.Revoked = func(Identity) bool { return false }
	}
	if o.Busy == nil {
		o.Busy = func() bool { return false }
	}
	if o.Presentable == nil {
		o.Presentable = func() bool { return true }
	}
	o.HelloTimeout = cmp.Or(o.HelloTimeout, 5*time.Second)
	o.OpenTimeout = cmp.Or(o.OpenTimeout, 10*time.Second)
	o.DeskHeartbeat = cmp.Or(o.DeskHeartbeat, 10*time.Second)
	o.CustomerHeartbeat = cmp.Or(o.CustomerHeartbeat, 25*time.Second)
	o.HeartbeatLate = cmp.Or(o.HeartbeatLate, 5*time.Second)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 5*time.Second)
	o.CloseLinger = cmp.Or(o.CloseLinger, time.Second)
	o.TokenWarning = cmp.Or(o.TokenWarning, time.Minute)
	o.DrainSpread = cmp.Or(o.DrainSpread, 5*time.Second)
	o.Customer = o.Customer.or(RoleLimits{2, 10, 32, 4, 64 << 10, 512 << 10, 400})
	o.Desk = o.Desk.or(RoleLimits{20, 40, 32, 16, 256 << 10, 2 << 20, 400})
	o.Address.Connections = cmp.Or(o.Address.Connections, 100)
	o.Address.PerSecond = cmp.Or(o.Address.PerSecond, 10)
	o.Address.Burst = cmp.Or(o.Address.Burst, 30)
	o.BadFrames = cmp.Or(o.BadFrames, 20)
	o.Calls = CallLimits{cmp.Or(o.Calls.PerSecond, 20), cmp.Or(o.Calls.Burst, 100), cmp.Or(o.Calls.AddressPerSecond, 50), cmp.Or(o.Calls.AddressBurst, 200)}
	return o
}

func (l RoleLimits) or(d RoleLimits) RoleLimits {
	return RoleLimits{
		PerSecond: cmp.Or(l.PerSecond, d.PerSecond), Burst: cmp.Or(l.Burst, d.Burst),
		Unanswered: cmp.Or(l.Unanswered, d.Unanswered), Sessions: cmp.Or(l.Sessions, d.Sessions),
		OutboundBytes: cmp.Or(l.OutboundBytes, d.OutboundBytes),
		InboundBytes:  cmp.Or(l.InboundBytes, d.InboundBytes), InboundFrames: cmp.Or(l.InboundFrames, d.InboundFrames),
	}
}

// Validate names all that is wrong with the options.
func (o Options) Validate() error {
	var errs []error
	if o.Engine == nil {
		errs = append(errs, errors.New("no Engine"))
	}
	if o.Auth == nil {
		errs = append(errs, errors.New("no Auth: nobody could sign in"))
	}
	for _, origin := range o.Origins {
		errs = append(errs, checkOriginPattern(origin))
	}
	d := o.withDefaults()
	for _, t := range []struct {
		name string
		is   time.Duration
	}{
		{"HelloTimeout", d.HelloTimeout}, {"OpenTimeout", d.OpenTimeout}, {"DeskHeartbeat", d.DeskHeartbeat},
		{"CustomerHeartbeat", d.CustomerHeartbeat}, {"HeartbeatLate", d.HeartbeatLate}, {"WriteTimeout", d.WriteTimeout},
		{"CloseLinger", d.CloseLinger}, {"TokenWarning", d.TokenWarning}, {"DrainSpread", d.DrainSpread},
	} {
		if t.is < 0 {
			errs = append(errs, fmt.Errorf("%s is negative", t.name))
		}
	}
	for name, beat := range map[string]time.Duration{"DeskHeartbeat": d.DeskHeartbeat, "CustomerHeartbeat": d.CustomerHeartbeat} {
		if beat%time.Second != 0 {
			errs = append(errs, fmt.Errorf("%s is %s: welcome tells it in whole seconds", name, beat))
		}
	}
	errs = append(errs, d.Customer.validate("Customer"), d.Desk.validate("Desk"))
	if d.Address.Connections < 0 || d.Address.PerSecond < 0 || d.Address.Burst < 0 || d.BadFrames < 0 {
		errs = append(errs, errors.New("a negative limit of Address or BadFrames"))
	}
	if min(d.Calls.PerSecond, d.Calls.Burst, d.Calls.AddressPerSecond, d.Calls.AddressBurst) < 0 {
		errs = append(errs, errors.New("a negative limit of Calls"))
	}
	return errors.Join(errs...)
}

func (l RoleLimits) validate(who string) error {
	if min(l.PerSecond, l.Burst, l.Unanswered, l.Sessions, l.OutboundBytes, l.InboundBytes, l.InboundFrames) < 0 {
		return fmt.Errorf("%s: a negative limit", who)
	}
	if l.InboundBytes < 2*wire.MaxMessageBytes {
		return fmt.Errorf("%s: InboundBytes %d would refuse an allowed message; at least %d", who, l.InboundBytes, 2*wire.MaxMessageBytes)
	}
	return nil
}

func checkOriginPattern(origin string) error {
	if _, err := path.Match(origin, ""); err != nil {
		return fmt.Errorf("origin %q: %w", origin, err)
	}
	u, err := url.Parse(strings.ReplaceAll(origin, "*", "x"))
	if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" {
		return fmt.Errorf("origin %q: expected scheme and host, such as https://desk.example.com", origin)
	}
	return nil
}

// of returns the limits of a role.
func (o *Options) of(role acd.Role) *RoleLimits {
	if role == acd.RoleCustomer {
		return &o.Customer
	}
	return &o.Desk
}

func (o *Options) heartbeat(role acd.Role) time.Duration {
	if role == acd.RoleCustomer {
		return o.CustomerHeartbeat
	}
	return o.DeskHeartbeat
}
