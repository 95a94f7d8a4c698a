package acd

import (
	"maps"
	"slices"
	"time"
)

// advertise ends a step: whenever what an advert says has changed, each queue
// of the agent gets a new one; queues that he has left get one that says so.
func (s *agentStep) advertise() {
	s.notice()
	if !s.restored {
		return
	}
	advert := s.advert()
	var queues []QueueID
	if s.profile != nil {
		queues = s.profile.Queues
	}
	changed := s.tellAll || !sameAdvert(advert, s.sent)
	if !changed && slices.Equal(queues, s.sentTo) && s.tell == "" {
		return
	}
	s.gen++
	advert.Gen = s.gen
	advert.Ask = s.gather(advert.Free, queues, s.gen)
	for _, q := range s.sentTo {
		if !slices.Contains(queues, q) {
			s.send(q.Address(), "", Advert{AgentAdvert{Agent: s.id, Gen: s.gen}})
		}
	}
	for _, q := range queues {
		if changed || q == s.tell || !slices.Contains(s.sentTo, q) {
			advert.Tier, advert.Weight = s.profile.Tiers[q], s.profile.Weights[q]
			s.send(q.Address(), "", Advert{advert})
		}
	}
	if s.tell != "" && !slices.Contains(queues, s.tell) && !slices.Contains(s.sentTo, s.tell) {
		s.send(s.tell.Address(), "", Advert{AgentAdvert{Agent: s.id, Gen: s.gen}})
	}
	advert.Tier, advert.Weight = 0, 0 // not the same for all
	s.sent, s.sentTo = advert, queues
}

// notice keeps what adverts and the deadline are made of: when he was last
// free of work, and whether a delay is still running.
func (s *agentStep) notice() {
	working := s.anyLive() || slices.ContainsFunc(s.state.Debts, Debt.due)
	if s.working && !working {
		s.idleFrom = s.t.Now
	}
	s.working = working
	if !s.t.Now.Before(s.kept) {
		s.kept = time.Time{}
	}
	s.readyDue = time.Time{}
	if s.t.Now.Before(s.state.ReadyAt) {
		s.readyDue = s.state.ReadyAt
	}
}

// advert says what he could take now.
func (s *agentStep) advert() AgentAdvert {
	ad := AgentAdvert{Agent: s.id, Used: s.used(), IdleSince: s.idleSince(), Chats: s.promised()}
	if s.profile == nil {
		return ad
	}
	ad.SignedIn = s.state.Presence.State != Offline && s.link != linkLost
	ad.Available = s.state.Presence.State == Available && s.link == linkOnline
	ad.Capacity = s.profile.Capacity
	ad.Skills, ad.Levels = s.profile.Skills, s.profile.Levels
	ad.Languages, ad.Attributes = s.profile.Languages, s.profile.Attributes
	ad.Room = s.room()
	if ad.Available && s.readyDue.IsZero() && s.kept.IsZero() && !slices.ContainsFunc(s.state.Debts, Debt.blocksAgent) {
		ad.Free = max(0, ad.Capacity-ad.Used)
	}
	return ad
}

// idleSince is when he was last given a chat, became free of work or became
// available, whichever is latest: who has room for several is not given them
// all before the next one gets his first.
func (s *agentStep) idleSince() time.Time {
	if s.state.Presence.State == Available && s.state.Presence.Since.After(s.idleFrom) {
		return s.state.Presence.Since
	}
	return s.idleFrom
}

// promised names the chats that he must not be offered again.
func (s *agentStep) promised() []ChatID {
	if len(s.slots)+len(s.state.Debts) == 0 {
		return nil
	}
	chats := make([]ChatID, 0, len(s.slots)+len(s.state.Debts))
	for i := range s.slots {
		chats = append(chats, s.slots[i].Chat)
	}
	for i := range s.state.Debts {
		chats = append(chats, s.state.Debts[i].Chat)
	}
	return chats
}

// room is what is left of each channel that has a limit or is closed.
func (s *agentStep) room() map[Channel]int {
	if len(s.profile.Channels)+len(s.state.Closed) == 0 {
		return nil
	}
	room := make(map[Channel]int, len(s.profile.Channels)+len(s.state.Closed))
	for _, ch := range slices.Sorted(maps.Keys(s.profile.Channels)) {
		room[ch] = max(0, s.profile.Channels[ch]-s.onChannel(ch))
	}
	for _, ch := range s.state.Closed {
		room[ch] = 0
	}
	return room
}

// sameAdvert reports whether a and b say the same, whatever their Gen.
func sameAdvert(a, b AgentAdvert) bool {
	return a.Agent == b.Agent && a.SignedIn == b.SignedIn && a.Available == b.Available &&
		a.Free == b.Free && a.Used == b.Used && a.Capacity == b.Capacity &&
		a.IdleSince.Equal(b.IdleSince) && maps.Equal(a.Room, b.Room) &&
		slices.Equal(a.Skills, b.Skills) && maps.Equal(a.Levels, b.Levels) &&
		slices.Equal(a.Languages, b.Languages) && maps.Equal(a.Attributes, b.Attributes) && slices.Equal(a.Chats, b.Chats)
}
