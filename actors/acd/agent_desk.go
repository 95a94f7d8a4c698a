package acd

import "slices"

// maxOpened bounds the windows that are remembered.
const maxOpened = 128

// focus makes one chat connected and holds the others (A16).
func (s *agentStep) focus(chat ChatID) error {
	if chat != "" {
		if slot := s.slotOf(chat); slot == nil || slot.State != SlotConnected {
			return ErrNotParticipant
		}
	}
	if chat == s.state.Focus {
		return nil
	}
	held := slices.DeleteFunc(s.connected(), func(c ChatID) bool { return c == chat })
	s.emit(Focused{Chat: chat, Held: held})
	return nil
}

// setOpened shares with the other sessions that a window is open. No rule
// depends on it.
func (s *agentStep) setOpened(c SetOpened) error {
	slot := s.slotOf(c.Chat)
	if (slot == nil || slot.State != SlotConnected) && s.state.debt(c.Chat) == nil {
		return ErrNotParticipant
	}
	if open := slices.Contains(s.state.Opened, c.Chat); open == c.On || !open && len(s.state.Opened) >= maxOpened {
		return nil
	}
	s.emit(WindowSet(c))
	return nil
}

// setChannel opens or closes one channel for offers; what is here stays.
func (s *agentStep) setChannel(c SetChannel) error {
	if s.profile == nil {
		return ErrNotFound
	}
	_, limited := s.profile.Channels[c.Channel]
	if _, known := s.t.Config.Channels[c.Channel]; !limited && !known {
		return ErrNotFound
	}
	if s.isClosed(c.Channel) == c.Open {
		s.emit(ChannelSet(c))
	}
	return nil
}
