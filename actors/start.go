package actors

import "github.com/parley-engine/parley/actors/acd"

// mayStart refuses a new chat while the node drains or is behind, and when the
// customer has as many as he may. A start that is on its way or answered already is not new.
func (s *Session) mayStart() *acd.Refusal {
	if s.engine.draining.Load() {
		return errDraining
	}
	if s.engine.full.Load() {
		return errFull
	}
	if s.crowded() {
		return acd.ErrCapacity
	}
	if !s.engine.admission.admit(s.engine.runtime.Elapsed()) {
		return errBusy
	}
	return nil
}

// crowded reports whether the customer has as many chats as he may.
func (s *Session) crowded() bool {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	return len(s.stream.chats)+s.stream.starting > s.engine.opts.CustomerChats // this one is counted already
}

// Refuse answers a command that the edge does not hand on, since what it names is
// not there: unless it was handed on before and has been answered. It reports
// whether it was refused now.
func (s *Session) Refuse(id string, digest uint64, why *acd.Refusal) (now bool) {
	s.Do(id, digest, acd.Address{}, refused{why: why, now: &now})
	return now
}

// refused is a command that begins with its end.
type refused struct {
	acd.Command
	why *acd.Refusal
	now *bool
}

// refuse answers a command that no machine has been asked about, and keeps that
// for when it is sent again. That the node is behind or going down is no answer
// to keep: another node, or the next moment, may take it.
func (s *Session) refuse(id string, digest uint64, why *acd.Refusal) {
	if why == errDraining || why == errBusy || why == errFull {
		s.settle(id, nil, why)
		return
	}
	row := outcomeRow(nil, s.engine.now(), &ask{who: s.stream.name, id: id, digest: digest}, acd.Outcome{Err: why})
	s.engine.append(Entry{Rows: []Row{row}, Done: func(err error) {
		if err == nil {
			s.settle(id, nil, why)
		}
	}})
}
