package actors

import "github.com/parley-engine/parley/actors/acd"

// mayStart refuses a new chat while the node drains, and when the customer has
// as many as he may. A start that is on its way or answered already is not new.
func (s *Session) mayStart() *acd.Refusal {
	if s.engine.draining.Load() {
		return errOverloaded
	}
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	if len(s.stream.chats)+s.stream.starting > s.engine.opts.CustomerChats { // this one is counted already
		return acd.ErrCapacity
	}
	return nil
}

// refuse answers a command that no machine has been asked about, and keeps that
// for when it is sent again. That the node is going down is no answer to keep:
// another node, or the next life, may take it.
func (s *Session) refuse(id string, digest uint64, why *acd.Refusal) {
	if why == errOverloaded {
		s.settle(id, nil, why)
		return
	}
	row := outcomeRow(s.engine.now(), &ask{who: s.stream.name, id: id, digest: digest}, acd.Outcome{Err: why})
	s.engine.append(Entry{Rows: []Row{row}, Done: func(err error) {
		if err == nil {
			s.settle(id, nil, why)
		}
	}})
}
