package config

import (
	"strconv"
	"time"
)

// Bounds that several fields share.
const (
	instant   = time.Millisecond // the least of a duration whose zero is its default
	day       = 24 * time.Hour
	nameChars = 100
	textChars = 1000
)

// channels is what sources and agents may name; without a section of its own
// a deployment has livechat.
func (f *file) channels() []string {
	if len(f.Channels) == 0 {
		return []string{"livechat"}
	}
	return ids(f.Channels, func(ch channel) string { return ch.ID })
}

func (f *file) queues() []string { return ids(f.Queues, func(q queue) string { return q.ID }) }

func ids[T any](list []T, id func(T) string) []string {
	all := make([]string, len(list))
	for i, item := range list {
		all[i] = id(item)
	}
	return all
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func field(list string, i int, name string) string { return item(list, i) + "." + name }

func idOf(list string) func(int) string {
	return func(i int) string { return field(list, i, "id") }
}

// check names all that is wrong with what was read.
func (f *file) check(c *checker) {
	c.address("listen", f.Listen)
	c.address("admin_listen", f.AdminListen)
	for i, o := range f.Origins {
		c.origin(item("origins", i), o)
	}
	for i, o := range f.Pages.EmbedOn {
		c.origin(item("pages.embed_on", i), o)
	}
	if len(f.Queues) == 0 {
		c.say("queues", "missing, expected at least one queue")
	}
	if len(f.Sources) == 0 {
		c.say("sources", "missing, expected at least one source of chats")
	}
	f.Limits.check(c)
	f.Events.check(c)
	f.Traces.check(c)
	f.checkChannels(c)
	f.checkQueues(c)
	f.checkSources(c)
	f.checkAgents(c)
	c.named("presence_reasons", f.Reasons)
	f.Desk.check(c)
	f.checkTemplates(c)
	f.checkSchedules(c)
	f.Retention.check(c)
}

func (f *file) checkChannels(c *checker) {
	for i, ch := range f.Channels {
		at := func(name string) string { return field("channels", i, name) }
		c.id(at("id"), ch.ID)
		c.number(at("max_chars"), ch.MaxChars, 1, 32_000)
		c.number(at("weight"), ch.Weight, 1, 50)
		c.text(at("reserved_chars"), ch.ReservedChars, 64)
		if g := ch.CustomerGrace; g != nil {
			c.duration(at("customer_grace.waiting"), g.Waiting, time.Second, day)
			c.duration(at("customer_grace.served"), g.Served, time.Second, day)
		}
		ch.Idle.check(c, func(name string) string { return at("idle." + name) })
		ch.Attachments.check(c, func(name string) string { return at("attachments." + name) })
	}
	c.unique(idOf("channels"), ids(f.Channels, func(ch channel) string { return ch.ID }))
}

func (f *file) checkQueues(c *checker) {
	for i, q := range f.Queues {
		f.checkQueue(c, q, func(name string) string { return field("queues", i, name) })
	}
	c.unique(idOf("queues"), f.queues())
}

func (f *file) checkQueue(c *checker, q queue, at func(string) string) {
	c.id(at("id"), q.ID)
	c.text(at("name"), q.Name, nameChars)
	c.choice(at("mode"), q.Mode, "open", "closed", "draining", "deleted")
	c.number(at("max_size"), q.MaxSize, 0, 1_000_000)
	c.choice(at("join_empty"), q.JoinEmpty, "always", "logged_in", "available", "skilled")
	f.checkOverflow(c, q, at("overflow"))
	f.checkDismissals(c, q, at)
	f.checkWaiting(c, q, at)
	c.choice(at("strategy"), q.Strategy, "longest_idle", "least_busy", "round_robin", "proficiency", "least_handled", "random")
	c.needs(at("skills"), q.Skills)
	c.match(at("match"), q.Match)
	c.checkSteps(at, q.MaxTier, q.Steps)
	c.number(at("ring_count"), q.RingCount, 1, 10)
	c.duration(at("direct_wait"), q.DirectWait, time.Second, day)
	c.durationOrNever(at("last_agent"), q.LastAgent, time.Second, day)
	c.duration(at("priority_boost"), q.PriorityBoost, instant, day)
	c.number(at("match_scan"), q.MatchScan, 1, 10_000)
	c.duration(at("offer_timeout"), q.OfferTimeout, time.Second, time.Hour)
	c.duration(at("min_alert"), q.MinAlert, instant, time.Minute)
	c.durationOrNever(at("max_wait"), q.MaxWait, time.Second, 7*day)
	c.duration(at("reject_hold"), q.RejectHold, instant, day)
	c.duration(at("regain_boost"), q.RegainBoost, instant, day)
	c.duration(at("short_abandon"), q.ShortAbandon, instant, time.Hour)
	c.duration(at("service_level"), q.ServiceLevel, instant, day)
	c.text(at("on_max_wait.text"), q.OnMaxWait.Text, textChars)
	overflow := at("on_max_wait.queue")
	c.note(overflow, Facts{Refers: "queue"})
	switch to := q.OnMaxWait.Queue; {
	case to == "":
	case to == q.ID:
		c.say(overflow, "%q is the queue itself, expected another one", to)
	case q.MaxWait != nil && *q.MaxWait == never:
		c.say(overflow, "has no effect with max_wait: never")
	default:
		c.known(overflow, "queue", to, f.queues())
	}
	q.Wrapup.check(c, func(name string) string { return at("wrapup." + name) })
	q.Flows.check(c, func(name string) string { return at("flows." + name) })
	c.text(at("transfer_text"), q.TransferText, textChars)
	c.duration(at("transfer_boost"), q.TransferBoost, instant, day)
	q.Idle.check(c, func(name string) string { return at("idle." + name) })
	c.durationOrNever(at("rating_window"), q.RatingWindow, time.Second, 7*day)
}

func (f *flows) check(c *checker, at func(string) string) {
	c.choice(at("transfer"), f.Transfer, "warm", "blind")
	c.choice(at("queue_transfer"), f.QueueTransfer, "stay", "blind")
	c.choice(at("on_fail"), f.OnFail, "return_to_queue", "return_to_sender", "end")
	c.duration(at("accept"), f.Accept, time.Second, time.Hour)
	c.choice(at("end_conference"), f.EndConference, "leave", "drop_invitee", "end_chat")
	c.number(at("max_agents"), f.MaxAgents, 1, 8)
	c.duration(at("interrupted"), f.Interrupted, time.Second, day)
}

func (w *wrapup) check(c *checker, at func(string) string) {
	c.choice(at("mode"), w.Mode, "none", "optional", "mandatory", "timed")
	c.choice(at("blocking"), w.Blocking, "slot", "agent")
	c.named(at("codes"), w.Codes)
	c.duration(at("limit"), w.Limit, time.Second, day)
	c.duration(at("extend"), w.Extend, time.Second, day)
	c.number(at("extensions"), w.Extensions, 1, 100)
	if w.Mode == "mandatory" && len(w.Codes) == 0 {
		c.say(at("codes"), "missing, expected at least one code with mode: mandatory")
	}
	if w.Mode != "timed" && (w.Limit != nil || w.Extend != nil || w.Extensions != nil) {
		c.say(at("mode"), "limit, extend and extensions have no effect without mode: timed")
	}
}

// named checks codes with their names; one is there once.
func (c *checker) named(list string, all []named) {
	for i, n := range all {
		c.id(field(list, i, "code"), n.Code)
		c.text(field(list, i, "name"), n.Name, nameChars)
	}
	c.unique(func(i int) string { return field(list, i, "code") }, ids(all, func(n named) string { return n.Code }))
}

func (f *file) checkSources(c *checker) {
	for i, s := range f.Sources {
		c.id(field("sources", i, "id"), s.ID)
		c.text(field("sources", i, "name"), s.Name, nameChars)
		c.known(field("sources", i, "channel"), "channel", s.Channel, f.channels())
		c.known(field("sources", i, "queue"), "queue", s.Queue, f.queues())
		c.needs(field("sources", i, "skills"), s.Skills)
		c.number(field("sources", i, "priority"), s.Priority, -1000, 1000)
	}
	c.unique(idOf("sources"), ids(f.Sources, func(s source) string { return s.ID }))
}

func (f *file) checkAgents(c *checker) {
	for i, a := range f.Agents {
		at := func(name string) string { return field("agents", i, name) }
		c.id(at("id"), a.ID)
		c.text(at("name"), a.Name, nameChars)
		f.checkMemberships(c, at("queues"), a.Queues)
		a.Skills.check(c, at("skills"))
		a.checkFacts(c, at)
		c.number(at("capacity"), a.Capacity, 1, 50)
		for ch, most := range a.Channels {
			c.known(at("channels."+ch), "channel", ch, f.channels())
			c.number(at("channels."+ch), &most, 1, 50)
		}
	}
	c.unique(idOf("agents"), ids(f.Agents, func(a agent) string { return a.ID }))
}

func (d *desk) check(c *checker) {
	c.duration("desk.grace", d.Grace, time.Second, day)
	c.duration("desk.reserve_ttl", d.ReserveTTL, 100*instant, time.Minute)
	c.duration("desk.reserve_wait", d.ReserveWait, 100*instant, time.Minute)
	c.duration("desk.reject_delay", d.RejectDelay, instant, time.Hour)
	c.duration("desk.no_answer_delay", d.NoAnswerDelay, instant, time.Hour)
	c.durationOrNever("desk.rona_return", d.RONAReturn, time.Second, day)
	c.number("desk.max_no_answer", d.MaxNoAnswer, 1, 1000)
	c.number("desk.offline_strikes", d.OfflineStrikes, 0, 1000)
	c.number("desk.max_rejects", d.MaxRejects, 0, 1000)
	c.choice("desk.lost_to", d.LostTo, "offline", "not_ready")
	c.durationOrNever("desk.wrapup_max", d.WrapupMax, time.Second, 30*day)
	c.duration("desk.choose_within", d.ChooseWithin, 0, time.Second)
	if patience := or(d.ReserveWait, 2*time.Second); or(d.ChooseWithin, 0) >= patience {
		c.say("desk.choose_within", "%s is too long for queues that wait %s for an answer", short(*d.ChooseWithin), short(patience))
	}
	c.duration("desk.amend_window", d.AmendWindow, instant, day)
	c.durationOrNever("desk.idle", d.Idle, time.Second, day)
	c.choice("desk.idle_to", d.IdleTo, "not_ready", "offline")
	c.choice("desk.sessions", d.Sessions, "many", "single")
}
