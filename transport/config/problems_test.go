package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEachProblemIsNamedWhereItStands(t *testing.T) {
	const ids = ", expected 1 to 64 letters, digits, dots, dashes or underscores"
	for _, tt := range []struct{ name, text, want string }{
		{"a field nobody knows", "queues:\n  - {id: a, offer_timout: 5s}\n",
			`2:13: queues[0].offer_timout: unknown field, expected one of id, name, mode, max_size`},
		{"a field nobody knows deep inside", "queues:\n  - id: a\n    wrapup:\n      kode: x\n",
			`4:7: queues[0].wrapup.kode: unknown field, expected one of mode`},
		{"a number for a text", "queues:\n  - id: 7\n", `2:9: queues[0].id: expected a text, in quotes: "7"`},
		{"a text for a number", "agents:\n  - {id: a, capacity: four}\n", `agents[0].capacity: expected a whole number`},
		{"a fraction for a number", "agents:\n  - {id: a, capacity: 1.5}\n", `agents[0].capacity: expected a whole number`},
		{"a number for a duration", "queues:\n  - {id: a, offer_timeout: 20}\n",
			`queues[0].offer_timeout: expected a duration like 500ms, 20s, 5m or 2h`},
		{"a negative duration", "desk: {grace: -5s}\n", `desk.grace: -5s is negative`},
		{"no number of sessions", "desk: {sessions: two}\n", `desk.sessions:`},
		{"a text for a flag", "desk: {keep_offers: yes please}\n", `desk.keep_offers: expected true or false`},
		{"a value for a list", "queues: support\n", `1:9: queues: expected a list, one "- " each`},
		{"a value for fields", "desk: 5\n", `1:7: desk: expected fields, "name: value" each`},
		{"a list for fields", "desk: [a]\n", `desk: expected fields`},
		{"an alias", "reasons: 1\ndesk: &d {grace: 5s}\n", `desk: anchors, aliases and tags are not read here`},
		{"a key twice", "desk: {}\ndesk: {}\n", `2:1: mapping key "desk" already defined`},
		{"no yaml", "queues: [\n", `1:9: `},
		{"two documents", "listen: localhost:1\n---\nlisten: localhost:2\n", `a second document, expected one`},
		{"no queue", "listen: localhost:1\n", `queues: missing, expected at least one queue`},
		{"no source", "listen: localhost:1\n", `sources: missing, expected at least one source of chats`},
		{"no id", "queues:\n  - name: A\n", `2:5: queues[0].id: missing` + ids},
		{"an id that fits no address", "queues:\n  - id: a/b\n", `queues[0].id: "a/b" does not fit an address` + ids},
		{"an id that is too long", "queues:\n  - id: " + strings.Repeat("x", 65) + "\n", `does not fit an address`},
		{"a queue twice", "queues:\n  - id: a\n  - id: b\n  - id: a\n",
			`4:5: queues[2].id: "a" is the same as queues[0].id`},
		{"an agent twice", "agents:\n  - id: a\n  - id: a\n", `agents[1].id: "a" is the same as agents[0].id`},
		{"a source twice", "sources:\n  - id: a\n  - id: a\n", `sources[1].id: "a" is the same as sources[0].id`},
		{"a channel twice", "channels:\n  - id: a\n  - id: a\n", `channels[1].id: "a" is the same as channels[0].id`},
		{"a code twice", "queues:\n  - id: a\n    wrapup: {codes: [{code: x}, {code: x}]}\n",
			`queues[0].wrapup.codes[1].code: "x" is the same as queues[0].wrapup.codes[0].code`},
		{"a reason twice", "presence_reasons: [{code: x}, {code: x}]\n",
			`presence_reasons[1].code: "x" is the same as presence_reasons[0].code`},
		{"an agent's queue that is none", "queues: [{id: a}, {id: b}]\nagents: [{id: x, queues: [a, c]}]\n",
			`agents[0].queues[1]: unknown queue "c", expected a or b`},
		{"an agent in a queue twice", "queues: [{id: a}]\nagents: [{id: x, queues: [a, a]}]\n",
			`agents[0].queues[1]: "a" is the same as agents[0].queues[0]`},
		{"an agent's channel that is none", "agents: [{id: x, channels: {fax: 1}}]\n",
			`agents[0].channels.fax: unknown channel "fax", expected livechat`},
		{"a source's channel that is none", "sources: [{id: x, channel: fax}]\n",
			`sources[0].channel: unknown channel "fax", expected livechat`},
		{"a source without a queue", "queues: [{id: a}]\nsources: [{id: x, channel: livechat}]\n",
			`sources[0].queue: unknown queue "", expected a`},
		{"a source of nobody", "sources: [{id: x, queue: a}]\n",
			`sources[0].queue: unknown queue "a", expected none, since none is configured`},
		{"an expression with a wrong name", "queues:\n  - id: a\n    match: chat.langage in agent.languages\n",
			`3:5: queues[0].match: "chat.langage in agent.languages" is no expression: at character 6: chat has no field langage`},
		{"an expression that is no question", "queues: [{id: a, match: agent.weight}]\n", `queues[0].match: "agent.weight" is no expression: expected bool, but got int`},
		{"an expression of a step with a clock", "queues: [{id: a, steps: [{after: 5s, match: now().Hour() > 8}]}]\n",
			`queues[0].steps[0].match: "now().Hour() > 8" is no expression: at character 1: unknown name now`},
		{"a language twice", "agents: [{id: a, languages: [it, it]}]\n", `agents[0].languages[1]: "it" is the same as agents[0].languages[0]`},
		{"an overflow that is none", "queues:\n  - id: a\n    on_max_wait:\n      queue: z\n",
			`4:7: queues[0].on_max_wait.queue: unknown queue "z", expected a`},
		{"an overflow to itself", "queues: [{id: a, on_max_wait: {queue: a}}]\n",
			`queues[0].on_max_wait.queue: "a" is the queue itself, expected another one`},
		{"an overflow that never comes", "queues: [{id: a, max_wait: never, on_max_wait: {queue: b}}, {id: b}]\n",
			`queues[0].on_max_wait.queue: has no effect with max_wait: never`},
		{"an offer shorter than a second", "queues: [{id: a, offer_timeout: 500ms}]\n",
			`queues[0].offer_timeout: 500ms is out of range, expected 1s to 1h`},
		{"never where it cannot be", "queues: [{id: a, offer_timeout: never}]\n",
			`queues[0].offer_timeout: never is not possible here, expected 1s to 1h`},
		{"a wait that is nothing", "queues: [{id: a, max_wait: 0s}]\n",
			`queues[0].max_wait: 0s is out of range, expected never or 1s to 168h`},
		{"a zero that would be a default", "desk: {reject_delay: 0s}\n",
			`desk.reject_delay: 0s is out of range, expected 1ms to 1h`},
		{"a negative size", "queues: [{id: a, max_size: -1}]\n", `queues[0].max_size: -1 is out of range, expected 0 to 1000000`},
		{"no capacity", "agents: [{id: a, capacity: 0}]\n", `agents[0].capacity: 0 is out of range, expected 1 to 50`},
		{"a mode nobody knows", "queues: [{id: a, mode: ajar}]\n", `queues[0].mode: "ajar" is unknown, expected open, closed, draining or deleted`},
		{"a strategy nobody knows", "queues: [{id: a, strategy: luck}]\n",
			`queues[0].strategy: "luck" is unknown, expected longest_idle, least_busy, round_robin, proficiency, least_handled or random`},
		{"a level nobody reaches", "queues: [{id: a, skills: ['law>=11']}]\n",
			`queues[0].skills[0]: "law>=11" is no requirement, expected a skill, or one with its least level like latin>=7`},
		{"a level that is none", "agents: [{id: a, skills: {law: 0}}]\n", `agents[0].skills.law: 0 is out of range, expected 1 to 10`},
		{"a level that is a text", "agents: [{id: a, skills: {law: good}}]\n", `agents[0].skills.law: expected a whole number`},
		{"a skill twice", "agents: [{id: a, skills: [law, law]}]\n", `agents[0].skills[1]: "law" stands there twice`},
		{"a source that asks for nonsense", "sources: [{id: a, skills: ['>=3']}]\n", `sources[0].skills[0]: ">=3" is no requirement`},
		{"a step before the one before", "queues: [{id: a, steps: [{after: 1m}, {after: 1m}]}]\n",
			`queues[0].steps[1].after: 1m is not later than the step before`},
		{"a step that asks for more", "queues: [{id: a, steps: [{min_proficiency: 3}, {after: 1m, min_proficiency: 4}]}]\n",
			`queues[0].steps[1].min_proficiency: 4 is more than the step before asks, expected at most 3`},
		{"a step that asks fewer", "queues: [{id: a, max_tier: 3, steps: [{max_tier: 2}]}]\n",
			`queues[0].steps[0].max_tier: 2 is less than before, expected at least 3`},
		{"a step that has no effect", "queues: [{id: a, steps: [{max_tier: 2}]}]\n", `queues[0].steps[0].max_tier: has no effect`},
		{"a tier that is none", "queues: [{id: a}]\nagents: [{id: x, queues: [{queue: a, tier: 0}]}]\n",
			`agents[0].queues[0].tier: 0 is out of range, expected 1 to 100`},
		{"a queue that is none, with a tier", "queues: [{id: a}]\nagents: [{id: x, queues: [{queue: b, tier: 2}]}]\n",
			`agents[0].queues[0].queue: unknown queue "b", expected a`},
		{"an overflow in a circle", "queues: [{id: a, overflow: {queue: b}}, {id: b, overflow: {queue: a}}]\n",
			`queues[0].overflow.queue: goes round in a circle: a, b, a`},
		{"an overflow into itself", "queues: [{id: a, overflow: {queue: a}}]\n",
			`queues[0].overflow.queue: goes round in a circle: a, a`},
		{"an overflow to nowhere", "queues: [{id: a, overflow: {queue: b}}]\n", `queues[0].overflow.queue: unknown queue "b", expected a`},
		{"a size without an overflow", "queues: [{id: a, overflow: {at: 5}}]\n", `queues[0].overflow.at: has no effect without a queue`},
		{"two closed queues that send on to each other",
			"queues: [{id: a, mode: closed, on_closed: {queue: b}}, {id: b, mode: deleted, on_deleted: {queue: a}}]\n",
			`queues[0].on_closed.queue: goes round in a circle: a, b, a`},
		{"a move to nowhere", "queues: [{id: a, on_deleted: {do: move}}]\n", `queues[0].on_deleted.do: do: move and a queue go together`},
		{"an end nobody knows of", "queues: [{id: a, on_no_agents: {do: shrug}}]\n",
			`queues[0].on_no_agents.do: "shrug" is unknown, expected keep, move or end`},
		{"a queue with a schedule that is none", "queues: [{id: a, schedule: b}]\nschedules: {c: {time_zone: UTC}}\n",
			`1:18: queues[0].schedule: unknown schedule "b", expected c`},
		{"a schedule without a place", "schedules: {a: {}}\n", `schedules.a.time_zone: missing, expected one like Europe/Prague`},
		{"a schedule of nowhere", "schedules: {a: {time_zone: Mars/Olympus}}\n",
			`schedules.a.time_zone: "Mars/Olympus" is no time zone, expected one like Europe/Prague`},
		{"hours without an end", "schedules: {a: {hours: [{from: '08:00'}]}}\n", `schedules.a.hours[0].to: "" is no time of day`},
		{"hours that nobody can read", "schedules: {a: {hours: [{from: '8', to: '18:60'}]}}\n", `schedules.a.hours[0].from: "8" is no time of day`},
		{"hours of nothing", "schedules: {a: {hours: [{from: '08:00', to: '08:00'}]}}\n", `schedules.a.hours[0].to: 08:00 is the beginning too`},
		{"hours that begin when the day is over", "schedules: {a: {hours: [{from: '24:00', to: '08:00'}]}}\n",
			`schedules.a.hours[0].from: 24:00 can only be the end`},
		{"hours up to a midnight that is past", "schedules: {a: {hours: [{from: '08:00', to: '00:00'}]}}\n",
			`schedules.a.hours[0].to: 00:00 is the beginning of the day, expected 24:00 for its end`},
		{"a day of another calendar", "schedules: {a: {hours: [{days: [mon, octidi], from: '08:00', to: '18:00'}]}}\n",
			`schedules.a.hours[0].days[1]: unknown day "octidi", expected sun, mon,`},
		{"a holiday that is no day", "schedules: {a: {holidays: [{date: 2026-02-30}]}}\n",
			`schedules.a.holidays[0].date: "2026-02-30" is no day, expected one like 2026-12-25`},
		{"a holiday that ends before it begins", "schedules: {a: {holidays: [{date: 2026-02-20, until: 2026-02-19}]}}\n",
			`schedules.a.holidays[0].until: 2026-02-19 is not on the date`},
		{"a holiday with hours", "schedules: {a: {holidays: [{date: 2026-02-20, hours: [{from: '08:00', to: '10:00'}]}]}}\n",
			`schedules.a.holidays[0].hours: a holiday has none`},
		{"a rule that is none", "schedules: {a: {holidays: [{date: 2026-02-20, every: year}]}}\n",
			`schedules.a.holidays[0].every: "year" is no rule, expected one of RFC 5545 like FREQ=YEARLY`},
		{"a rule for hours", "schedules: {a: {special_days: [{date: 2026-02-20, every: FREQ=HOURLY}]}}\n",
			`schedules.a.special_days[0].every: "FREQ=HOURLY" has times of day`},
		{"a special day like any other", "schedules: {a: {special_days: [{date: 2026-02-20}]}}\n",
			`schedules.a.special_days[0].hours: missing: a day that is closed stands under holidays`},
		{"a message without words", "queues: [{id: a, waiting_messages: [{after: 5s}]}]\n",
			`queues[0].waiting_messages[0].text: missing, expected what the queue says`},
		{"a message at no time", "queues: [{id: a, waiting_messages: [{text: Wait}]}]\n",
			`queues[0].waiting_messages[0].after: missing, expected when it is said first`},
		{"a message without end", "queues: [{id: a, waiting_messages: [{text: Wait, every: 5ms}]}]\n",
			`queues[0].waiting_messages[0].every: 5ms is out of range, expected never or 1s to 24h`},
		{"nobody, as nobody means it", "queues: [{id: a, no_agents_means: asleep}]\n",
			`queues[0].no_agents_means: "asleep" is unknown, expected available or logged_in`},
		{"a move to nowhere when all have declined", "queues: [{id: a, on_all_declined: {do: move}}]\n",
			`queues[0].on_all_declined.do: do: move and a queue go together`},
		{"a second round for who is gone", "queues: [{id: a, decline_cooldown: 5s, on_all_declined: {do: end}}]\n",
			`queues[0].decline_cooldown: has no effect when on_all_declined sends the chat away`},
		{"a longest wait that moves nowhere", "queues: [{id: a, on_max_wait: {do: move}}]\n",
			`queues[0].on_max_wait.do: do: move and a queue go together`},
		{"a wrap-up nobody can close", "queues: [{id: a, wrapup: {mode: mandatory}}]\n",
			`queues[0].wrapup.codes: missing, expected at least one code with mode: mandatory`},
		{"a limit without a clock", "queues: [{id: a, wrapup: {mode: optional, limit: 5s}}]\n",
			`queues[0].wrapup.mode: limit, extend and extensions have no effect without mode: timed`},
		{"a transfer nobody knows", "queues: [{id: a, flows: {transfer: cold}}]\n",
			`queues[0].flows.transfer: "cold" is unknown, expected warm or blind`},
		{"a transfer to a queue that is of agents", "queues: [{id: a, flows: {queue_transfer: warm}}]\n",
			`queues[0].flows.queue_transfer: "warm" is unknown, expected stay or blind`},
		{"a failure nobody knows", "queues: [{id: a, flows: {on_fail: cry}}]\n",
			`queues[0].flows.on_fail: "cry" is unknown, expected return_to_queue, return_to_sender or end`},
		{"an end nobody knows", "queues: [{id: a, flows: {end_conference: all}}]\n",
			`queues[0].flows.end_conference: "all" is unknown, expected leave, drop_invitee or end_chat`},
		{"a chat for nobody", "queues: [{id: a, flows: {max_agents: 0}}]\n",
			`queues[0].flows.max_agents: 0 is out of range, expected 1 to 8`},
		{"an answer in no time", "queues: [{id: a, flows: {accept: 1ms}}]\n",
			`queues[0].flows.accept: 1ms is out of range, expected 1s to 1h`},
		{"a choice that takes too long", "desk: {choose_within: 500ms, reserve_wait: 500ms}\n",
			`desk.choose_within: 500ms is too long for queues that wait 500ms for an answer`},
		{"an address without a port", "listen: localhost\n", `listen: "localhost" is no address, expected host:port`},
		{"an origin with a path", "origins: [https://a.example/desk]\n", `origins[0]: "https://a.example/desk" is no origin`},
		{"a site to embed on with a path", "pages: {serve: true, embed_on: [https://a.example/shop]}\n", `pages.embed_on[0]: "https://a.example/shop" is no origin`},
		{"tokens without keys", "tokens: {issuer: i, audience: a}\n", `tokens: no keys, expected secret_file, secret, jwks_file, jwks_url or discover`},
		{"discovery beside a key set", "tokens: {issuer: 'https://i.example', audience: a, discover: true, jwks_url: 'https://k.example'}\n", `tokens.discover: stands beside`},
		{"discovery of no address", "tokens: {issuer: i, audience: a, discover: true}\n", `tokens.issuer: "i" is no safe address`},
		{"an empty audience", "tokens: {issuer: i, audience: a, audiences: [''], jwks_url: 'https://k.example'}\n", `tokens.audiences[0]: empty`},
		{"a certificate without its key", "tls: {cert_file: missing.pem}\n", `tls.key_file: missing, expected a PEM file`},
		{"an order without a domain", "tls: {acme: {email: it@example.com}}\n", `tls.acme.domains: 0 are named, expected 1 to 50`},
		{"an order for any domain", "tls: {acme: {domains: ['*.example.com']}}\n", `tls.acme.domains[0]: "*.example.com" is no domain that can be proven, expected one like chat.example.com`},
		{"an order for a number", "tls: {acme: {domains: [a.example.com, 192.0.2.1]}}\n", `tls.acme.domains[1]: "192.0.2.1" is no domain`},
		{"an order twice", "tls: {acme: {domains: [a.example.com, a.example.com]}}\n", `tls.acme.domains[1]: "a.example.com" stands there twice`},
		{"an order by nobody", "tls: {acme: {domains: [a.example.com], email: it}}\n", `tls.acme.email: "it" is no address, expected one like it@example.com`},
		{"an order in the clear", "tls: {acme: {domains: [a.example.com], directory: 'http://ca.example.com/'}}\n", `tls.acme.directory: is no address of a directory, expected https://…`},
		{"an order kept elsewhere", "tls: {acme: {domains: [a.example.com], folder: ../keys}}\n", `tls.acme.folder: "../keys" does not stay in the data folder`},
		{"an authority that is not there", "tls: {acme: {domains: [a.example.com], ca_file: missing.pem}}\n", `tls.acme.ca_file: cannot read missing.pem`},
		{"an order beside files", "tls: {acme: {domains: [a.example.com]}, cert_file: a.pem}\n", `tls.acme: stands beside files, expected one of them`},
		{"an order for the operator", "admin_tls: {acme: {domains: [a.example.com]}}\n", `admin_tls.acme: unknown`},
		{"a certificate that is not there", "admin_tls: {cert_file: missing.pem}\n", `admin_tls.cert_file: cannot read missing.pem`},
		{"tokens without an issuer", "tokens: {audience: a, jwks_url: https://k.example}\n", `tokens.issuer: missing`},
		{"a short secret", "tokens: {issuer: i, audience: a, secret: hunter2}\n",
			`tokens.secret: 7 bytes are too short, expected at least 32`},
		{"a secret file that is not there", "tokens: {issuer: i, audience: a, secret_file: no/such}\n",
			`tokens.secret_file: cannot read such: no such file or directory`},
		{"two secrets", "tokens: {issuer: i, audience: a, secret: x, secret_file: y}\n",
			`tokens.secret_file: stands beside secret, expected one of them`},
		{"an old secret alone", "tokens: {issuer: i, audience: a, jwks_url: https://k.example, old_secret_file: x}\n",
			`tokens.old_secret_file: has no new one beside it`},
		{"two key sets", "tokens: {issuer: i, audience: a, jwks_url: https://k.example, jwks_file: x}\n",
			`tokens.jwks_url: stands beside jwks_file, expected one of them`},
		{"a limit that lets nothing through", "limits: {desk: {per_second: 0}}\n",
			`limits.desk.per_second: 0 is out of range, expected 1 to 1000000`},
		{"keys in the clear", "tokens: {issuer: i, audience: a, jwks_url: http://k.example}\n",
			`tokens.jwks_url: "http://k.example" is no safe address`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := problems(t, tt.text)
			if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, tt.want) }) {
				t.Errorf("got\n%s\nwant a line with\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

func TestAllProblemsAreNamedAtOnceInTheOrderOfTheLines(t *testing.T) {
	got := problems(t, `
listen: nowhere
queues:
  - id: a b
    offer_timeout: 10
  - id: support
    on_max_wait: {queue: support}
sources:
  - {id: web, channel: fax, queue: sale}
agents:
  - {id: x, capacity: -1, colour: red}
`)
	var paths []string
	for _, line := range got {
		paths = append(paths, strings.SplitN(line, ": ", 3)[1])
	}
	want := []string{"listen", "queues[0].id", "queues[0].offer_timeout", "queues[1].on_max_wait.queue",
		"sources[0].channel", "sources[0].queue", "agents[0].capacity", "agents[0].colour"}
	if !slices.Equal(paths, want) {
		t.Errorf("got\n%s\nwant paths %q", strings.Join(got, "\n"), want)
	}
}

func FuzzNothingIsReadWithoutBeingChecked(f *testing.F) {
	f.Add(least)
	f.Add("queues: [{id: a, wrapup: {mode: timed, codes: [{code: x}]}}]\nsources: [{id: s, channel: livechat, queue: a}]")
	f.Add("desk: {grace: 1s}\n---\n")
	f.Add("a: &x [*x]")
	f.Add("? [a]\n: b\n<<: {c: d}\n!!t e: |\n  f")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse("fuzz.yaml", []byte(text))
		if (s == nil) == (err == nil) {
			t.Fatalf("got %v and %v, want one of them", s, err)
		}
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		for id, q := range s.Engine.Queues {
			if !idForm.MatchString(string(id)) || q.OfferTimeout <= 0 {
				t.Errorf("queue %q got through: %+v", id, q)
			}
		}
	})
}
