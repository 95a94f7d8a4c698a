package bench

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/parley-engine/parley/bench/profiles"
)

// serving is what a server of the run's own is told, and what follows from it.
type serving struct {
	text    []byte
	key     Key
	agents  []string
	sources []string
}

// Config is a configuration such as a run of the profile gives to the server
// that it starts, for one that is started by hand and loaded at its address. Its
// secret is another each time.
func Config(p *profiles.Profile) []byte { return serverConfig(p).text }

// serverConfig makes a configuration for a profile. Limits that protect a
// server from one peer are lifted, since a few peers stand for many here.
func serverConfig(p *profiles.Profile) serving {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	s := serving{key: Key{Secret: []byte(hex.EncodeToString(secret)), Issuer: "bench", Audience: "bench", Lifetime: mostTokens}}
	b := fmt.Appendf(nil, `tokens: {issuer: bench, audience: bench, secret: %s, max_customer_lifetime: 24h, max_desk_lifetime: 24h}
limits:
  customer: {per_second: 1000000, burst: 1000000, unanswered: 1000, inbound_frames: 1000000, inbound_bytes: 67108864}
  desk: {per_second: 1000000, burst: 1000000, unanswered: 10000, inbound_frames: 1000000, inbound_bytes: 67108864, outbound_bytes: 16777216}
  address: {connections: 1000000, per_second: 1000000, burst: 1000000, trust_loopback: true}
desk: {reject_delay: 1s, no_answer_delay: 1s}
channels:
  - {id: livechat, max_chars: 4000}
queues:
`, s.key.Secret)
	var all string
	for n := range p.Queues.Count {
		b = fmt.Appendf(b, "  - {id: q%d, offer_timeout: %s, wrapup: {mode: mandatory, notes: true, codes: [{code: done, name: Done}]}}\n", n, p.Queues.OfferTimeout)
		all += fmt.Sprintf("q%d, ", n)
	}
	b = append(b, "sources:\n"...)
	for n := range p.Queues.Count {
		name := fmt.Sprintf("s%d", n)
		b = fmt.Appendf(b, "  - {id: %s, name: Source %d, channel: livechat, queue: q%d}\n", name, n, n)
		s.sources = append(s.sources, name)
	}
	b = append(b, "agents:\n"...)
	for n := range p.Agents.Count {
		name := fmt.Sprintf("a%d", n)
		b = fmt.Appendf(b, "  - {id: %s, name: Agent %d, capacity: %d, queues: [%s]}\n", name, n, p.Agents.Capacity, all[:len(all)-2])
		s.agents = append(s.agents, name)
	}
	s.text = b
	return s
}
