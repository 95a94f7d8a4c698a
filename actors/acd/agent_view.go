package acd

import (
	"maps"
	"slices"
)

// view is what a desk starts from. A slot that is only reserved is between the
// agent and a queue, and is not shown.
func (s *agentStep) view() AgentView {
	v := AgentView{
		Agent: s.id, Presence: s.state.Presence, Next: s.state.Next, Status: s.status(), Used: s.used(),
		Focus: s.state.Focus, Opened: slices.Clone(s.state.Opened), Debts: slices.Clone(s.state.Debts),
	}
	for i := range s.slots {
		if s.slots[i].State != SlotReserved {
			v.Slots = append(v.Slots, s.slots[i].SlotRow)
		}
	}
	if s.profile != nil {
		v.Name, v.Capacity, v.Queues = s.profile.Name, s.profile.Capacity, slices.Clone(s.profile.Queues)
	}
	v.Channels = s.channels()
	ad := s.advert()
	v.SignedIn, v.Free, v.Skills, v.Room = ad.SignedIn, ad.Free, ad.Skills, ad.Room
	return v
}

// channels shows every channel that is configured or has a limit of his own.
func (s *agentStep) channels() []ChannelView {
	names := slices.Collect(maps.Keys(s.t.Config.Channels))
	if s.profile != nil {
		names = slices.AppendSeq(names, maps.Keys(s.profile.Channels))
	}
	slices.Sort(names)
	var views []ChannelView
	for _, ch := range slices.Compact(names) {
		v := ChannelView{Channel: ch, Open: !s.isClosed(ch), Used: s.onChannel(ch)}
		if s.profile != nil {
			v.Max = s.profile.Channels[ch]
		}
		views = append(views, v)
	}
	return views
}

// status is the system's word beside the person's: what routing sees in him.
func (a *Agent) status() string {
	ringing := slices.ContainsFunc(a.slots, func(s agentSlot) bool { return s.rings() })
	switch {
	case a.state.Presence.State == InRONA:
		return "not_responding"
	case ringing:
		return "alerting"
	case a.anyLive():
		return "interacting"
	case slices.ContainsFunc(a.state.Debts, Debt.due):
		return "wrapup"
	case a.state.Presence.State == Available && a.link == linkOnline:
		return "idle"
	}
	return "off_queue"
}
