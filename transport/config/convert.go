package config

import (
	"cmp"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// engine turns a file without problems into what the rules work with. Its
// version is the journal's to give.
func (f *file) engine() *acd.Config {
	c := &acd.Config{
		Queues:   map[acd.QueueID]*acd.QueuePolicy{},
		Agents:   map[acd.AgentID]*acd.AgentProfile{},
		Sources:  map[acd.SourceID]*acd.Source{},
		Channels: map[acd.Channel]*acd.ChannelPolicy{},
		Desk:     f.Desk.policy(),
	}
	for _, id := range f.channels() {
		c.Channels[acd.Channel(id)] = &acd.ChannelPolicy{}
	}
	for _, ch := range f.Channels {
		c.Channels[acd.Channel(ch.ID)] = ch.policy()
	}
	for _, q := range f.Queues {
		c.Queues[acd.QueueID(q.ID)] = q.policy()
	}
	for _, s := range f.Sources {
		c.Sources[acd.SourceID(s.ID)] = &acd.Source{
			ID: acd.SourceID(s.ID), Name: cmp.Or(s.Name, s.ID),
			Channel: acd.Channel(s.Channel), Queue: acd.QueueID(s.Queue),
			Skills: s.Skills, Priority: or(s.Priority, 0),
		}
	}
	for _, a := range f.Agents {
		c.Agents[acd.AgentID(a.ID)] = a.profile()
	}
	for _, r := range f.Reasons {
		c.Reasons = append(c.Reasons, acd.PresenceReason{Code: r.Code, Name: cmp.Or(r.Name, r.Code)})
	}
	c.Templates = f.templates()
	c.Schedules = f.engineSchedules()
	c.Retention = f.Retention.policy()
	c.Normalize()
	return c
}

func (ch channel) policy() *acd.ChannelPolicy {
	p := &acd.ChannelPolicy{MaxChars: or(ch.MaxChars, 0), ReservedChars: ch.ReservedChars, Weight: or(ch.Weight, 0),
		Idle: ch.Idle.policy(), Attachments: ch.Attachments.policy()}
	if g := ch.CustomerGrace; g != nil {
		p.CustomerGrace = acd.CustomerGrace{Waiting: or(g.Waiting, 0), Served: or(g.Served, 0)}
	}
	return p
}

func (q queue) policy() *acd.QueuePolicy {
	return &acd.QueuePolicy{
		ID:              acd.QueueID(q.ID),
		Name:            cmp.Or(q.Name, q.ID),
		Mode:            acd.QueueMode(q.Mode),
		MaxSize:         or(q.MaxSize, 0),
		JoinEmpty:       acd.JoinEmpty(q.JoinEmpty),
		Overflow:        acd.Overflow{Queue: acd.QueueID(q.Overflow.Queue), At: or(q.Overflow.At, 0)},
		Strategy:        acd.Strategy(q.Strategy),
		Skills:          q.Skills,
		Match:           match(q.Match),
		MaxTier:         or(q.MaxTier, 0),
		Steps:           steps(q.Steps),
		DirectWait:      or(q.DirectWait, 0),
		LastAgent:       orZero(q.LastAgent),
		RingCount:       or(q.RingCount, 0),
		AutoAccept:      q.AutoAccept,
		Schedule:        q.Schedule,
		OnClosed:        q.OnClosed.policy(),
		OnDeleted:       q.OnDeleted.policy(),
		NoAgentWait:     orZero(q.NoAgentWait),
		OnNoAgents:      q.OnNoAgents.policy(),
		NoAgentsMeans:   acd.JoinEmpty(q.NoAgentsMeans),
		OnAllDeclined:   q.OnAllDeclined.policy(),
		DeclineCooldown: or(q.DeclineCooldown, 0),
		Sayings:         sayings(q.Sayings),
		PreferReturning: q.PreferReturning,
		PriorityBoost:   or(q.PriorityBoost, 0),
		MatchScan:       or(q.MatchScan, 0),
		OfferTimeout:    or(q.OfferTimeout, 0),
		MinAlert:        or(q.MinAlert, 0),
		MaxWait:         or(q.MaxWait, 0), // never is negative here too
		OnMaxWait:       acd.OnMaxWait{Queue: acd.QueueID(q.OnMaxWait.Queue), Text: q.OnMaxWait.Text, Keep: q.OnMaxWait.Do == acd.KeepWaiting},
		RejectHold:      or(q.RejectHold, 0),
		Wrapup:          q.Wrapup.policy(),
		RegainBoost:     or(q.RegainBoost, 0),
		ShortAbandon:    or(q.ShortAbandon, 0),
		ServiceLevel:    or(q.ServiceLevel, 0),
		Flows:           q.Flows.policy(),
		TransferText:    q.TransferText,
		TransferBoost:   or(q.TransferBoost, 0),
		Idle:            q.Idle.policy(),
		RatingWindow:    max(or(q.RatingWindow, ratingWindow), 0),
	}
}

func (f flows) policy() acd.FlowPolicy {
	return acd.FlowPolicy{
		TransferMode:  acd.TransferMode(f.Transfer),
		QueueTransfer: acd.TransferMode(f.QueueTransfer),
		OnFail:        acd.OnTransferFail(f.OnFail),
		Accept:        or(f.Accept, 0),
		EndConference: f.EndConference,
		MaxAgents:     or(f.MaxAgents, 0),
		AnyoneEnds:    f.AnyoneEnds,
		Interrupted:   or(f.Interrupted, 0),
	}
}

func (w wrapup) policy() acd.WrapupPolicy {
	p := acd.WrapupPolicy{
		Mode:          acd.WrapupMode(w.Mode),
		Blocking:      w.Blocking,
		Notes:         w.Notes,
		Limit:         or(w.Limit, 0),
		Extensions:    or(w.Extensions, 0),
		Extend:        or(w.Extend, 0),
		SkipUntouched: w.SkipUntouched,
	}
	for _, code := range w.Codes {
		p.Codes = append(p.Codes, acd.WrapupCode{Code: code.Code, Name: cmp.Or(code.Name, code.Code)})
	}
	return p
}

func (a agent) profile() *acd.AgentProfile {
	p := &acd.AgentProfile{
		ID: acd.AgentID(a.ID), Name: cmp.Or(a.Name, a.ID), Capacity: or(a.Capacity, 0),
	}
	p.Skills, p.Levels = a.Skills.split()
	p.Languages, p.Attributes = a.Languages, a.Attributes
	serves(p, a.Queues)
	for ch, most := range a.Channels {
		if p.Channels == nil {
			p.Channels = map[acd.Channel]int{}
		}
		p.Channels[acd.Channel(ch)] = most
	}
	return p
}

func (d desk) policy() acd.DeskPolicy {
	return acd.DeskPolicy{
		Grace:          or(d.Grace, 0),
		ReserveTTL:     or(d.ReserveTTL, 0),
		ReserveWait:    or(d.ReserveWait, 0),
		RejectDelay:    or(d.RejectDelay, 0),
		NoAnswerDelay:  or(d.NoAnswerDelay, 0),
		StickyRONA:     d.StickyRONA,
		RONAReturn:     orZero(d.RONAReturn),
		MaxNoAnswer:    or(d.MaxNoAnswer, 0),
		OfflineStrikes: or(d.OfflineStrikes, 0),
		MaxRejects:     or(d.MaxRejects, 0),
		KeepOffers:     d.KeepOffers,
		LostTo:         acd.PresenceState(d.LostTo),
		WrapupMax:      orZero(d.WrapupMax),
		ChooseWithin:   d.choosing(),
		AmendWindow:    or(d.AmendWindow, 0),
		Idle:           orZero(d.Idle),
		IdleTo:         acd.PresenceState(d.IdleTo),
		SingleSession:  d.Sessions == "single",
	}
}

// choosing is negative for who takes what comes first.
func (d desk) choosing() time.Duration {
	if d.ChooseWithin != nil && *d.ChooseWithin == 0 {
		return never
	}
	return or(d.ChooseWithin, 0)
}

func or[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
	}
	return *v
}

// orZero is for the durations whose zero means never.
func orZero(d *time.Duration) time.Duration { return max(or(d, 0), 0) }
