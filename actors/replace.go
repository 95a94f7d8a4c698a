package actors

// replace evicts every session of an agent who may have one, but the new one.
// The order in which they come is the order in which the agent's mailbox hears
// of them, so that the younger one always wins. The caller holds stream.mu.
func (s *stream) replace(by *Session) {
	for _, old := range s.sessions {
		if old != by && !old.evicted {
			old.replaced = true
			old.evictLocked(EvictReplaced)
			s.closed = ""
		}
	}
}
