package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// flight is a command of a person that is not answered yet. The same command
// sent again meanwhile joins it.
type flight struct {
	id     string
	digest uint64
	first  *Session
	others []*Session
	start  bool          // it opens a chat
	began  time.Duration // when it came
}

// flights are a person's, in no order. There are a few of them, so that a list
// is searched faster than a table, and weighs nothing between commands.
type flights []flight

// find returns the flight of a command, nil if there is none. It is valid until
// the next one begins or ends.
func (f flights) find(id string) *flight {
	for i := range f {
		if f[i].id == id {
			return &f[i]
		}
	}
	return nil
}

// end takes a command out.
func (f *flights) end(id string) (ended flight, found bool) {
	list := *f
	for i := range list {
		if list[i].id != id {
			continue
		}
		last := len(list) - 1
		ended, list[i] = list[i], list[last]
		list[last] = flight{}
		if *f = list[:last]; last == 0 && cap(list) > flightsKept {
			*f = nil
		}
		return ended, true
	}
	return flight{}, false
}

// flightsKept is for how many there is room between commands.
const flightsKept = 2

// join notes that the command is on its way, or that it already was, or why it
// cannot be. A fresh one has surely not been answered before.
func (s *Session) join(id string, digest uint64, cmd acd.Command) (done, fresh bool) {
	st := s.stream
	_, start := cmd.(acd.Start)
	st.mu.Lock()
	defer st.mu.Unlock()
	if f := st.flying.find(id); f != nil {
		if f.digest != digest {
			s.answer(id, &Answer{Refusal: ErrDuplicateConflict})
			return true, false
		}
		s.engine.counters.duplicates.Inc()
		f.others = append(f.others, s)
		return true, false
	}
	st.flying = append(st.flying, flight{id: id, digest: digest, first: s, start: start, began: s.engine.runtime.Elapsed()})
	s.engine.admission.begins()
	if start {
		st.starting++
	}
	return false, s.engine.unheard(st, id)
}

// repeated notes that the command has had its effect before: a start sent again
// opens no chat, and the first one's may be over.
func (s *Session) repeated(id string) {
	s.engine.counters.duplicates.Inc()
	st := s.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	if f := st.flying.find(id); f != nil && f.start {
		f.start = false
		st.starting--
	}
}

// settle gives the answer to everyone who waits for the command.
func (s *Session) settle(id string, result any, err error) {
	r, refused := answerOf(result, err)
	a := &Answer{Result: r, Refusal: refused}
	st := s.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	f, found := st.flying.end(id)
	if !found {
		return
	}
	s.engine.admission.ends(f.began, s.engine.runtime.Elapsed(), refused != errBusy)
	if f.start {
		st.starting--
		if refused == nil && r.Chat != "" {
			s.engine.startedAlone(st, r.Chat)
		}
	}
	f.first.answer(id, a)
	for _, w := range f.others {
		w.answer(id, a)
	}
}

// abandon gives up a command of which nobody can say whether it was carried out
// before. An answer would be a guess: who waits for it is sent away instead, and
// asks again when he is back.
func (s *Session) abandon(id string) {
	st := s.stream
	st.mu.Lock()
	defer st.mu.Unlock()
	f, found := st.flying.end(id)
	if !found {
		return
	}
	s.engine.admission.ends(f.began, s.engine.runtime.Elapsed(), false)
	if f.start {
		st.starting--
	}
	for _, w := range append(f.others, f.first) {
		w.evictLocked(EvictFailed)
	}
}
