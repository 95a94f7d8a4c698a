package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// used tells an agent's machine that something has been done at his desk, on
// whichever of his sessions, where it wants to know; a pong is nothing done. It
// is told seldom enough to cost nothing.
func (s *Session) used() {
	idle := s.engine.Config().Desk.Idle
	if idle <= 0 || !s.by.Works() {
		return
	}
	if s.stream.usedAgain(s.engine.now(), idle/acd.DeskUsedWithin) {
		s.engine.tell(acd.AgentID(s.by.ID).Address(), &envelope{by: s.by, cmd: acd.DeskUsed{}})
	}
}

// usedAgain notes a use and reports whether it is worth telling.
func (st *stream) usedAgain(now time.Time, apart time.Duration) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if now.Sub(st.used) < apart && !now.Before(st.used) {
		return false
	}
	st.used = now
	return true
}
