package config

import (
	"time"

	"github.com/parley-engine/parley/transport"
)

func (l *limits) check(c *checker) {
	l.Customer.check(c, "limits.customer.")
	l.Desk.check(c, "limits.desk.")
	c.number("limits.address.connections", l.Address.Connections, 1, maxLimit)
	c.number("limits.address.per_second", l.Address.PerSecond, 1, maxLimit)
	c.number("limits.address.burst", l.Address.Burst, 1, maxLimit)
	c.number("limits.admin.per_second", l.Admin.PerSecond, 1, maxLimit)
	c.number("limits.admin.burst", l.Admin.Burst, 1, maxLimit)
	c.number("limits.admin.address_per_second", l.Admin.AddressPerSecond, 1, maxLimit)
	c.number("limits.admin.address_burst", l.Admin.AddressBurst, 1, maxLimit)
	c.number("limits.bad_frames", l.BadFrames, 1, maxLimit)
	c.duration("limits.answer_within", l.AnswerWithin, time.Millisecond, time.Minute)
}

// maxLimit is far above what a machine can do.
const maxLimit = 1_000_000

func (r *roleLimits) check(c *checker, at string) {
	c.number(at+"per_second", r.PerSecond, 1, maxLimit)
	c.number(at+"burst", r.Burst, 1, maxLimit)
	c.number(at+"unanswered", r.Unanswered, 1, maxLimit)
	c.number(at+"sessions", r.Sessions, 1, maxLimit)
	c.number(at+"outbound_bytes", r.OutboundBytes, 4<<10, 64<<20)
	c.number(at+"inbound_bytes", r.InboundBytes, 64<<10, 64<<20)
	c.number(at+"inbound_frames", r.InboundFrames, 1, maxLimit)
}

// edge gives the limits as the edge takes them, where zero is its default.
func (l *limits) edge() transport.Options {
	return transport.Options{
		Customer:      l.Customer.edge(),
		Desk:          l.Desk.edge(),
		TrustLoopback: l.Address.TrustLoopback,
		Address: transport.AddressLimits{
			Connections: or(l.Address.Connections, 0), PerSecond: or(l.Address.PerSecond, 0), Burst: or(l.Address.Burst, 0),
		},
		Calls: transport.CallLimits{PerSecond: or(l.Admin.PerSecond, 0), Burst: or(l.Admin.Burst, 0),
			AddressPerSecond: or(l.Admin.AddressPerSecond, 0), AddressBurst: or(l.Admin.AddressBurst, 0)},
		BadFrames: or(l.BadFrames, 0),
	}
}

func (r *roleLimits) edge() transport.RoleLimits {
	return transport.RoleLimits{
		PerSecond: or(r.PerSecond, 0), Burst: or(r.Burst, 0), Unanswered: or(r.Unanswered, 0), Sessions: or(r.Sessions, 0),
		OutboundBytes: or(r.OutboundBytes, 0), InboundBytes: or(r.InboundBytes, 0), InboundFrames: or(r.InboundFrames, 0),
	}
}
