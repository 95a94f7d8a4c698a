package actors

import (
	"slices"
	"sync"

	"github.com/parley-engine/parley/actors/acd"
)

// overseers are the supervisors and administrators who have ever signed in.
// Rules know no supervisors, so whoever has to be called is named here, from
// the roles of verified sessions. A row each keeps them across a restart: who
// is called while he is on his way back finds it in his stream.
type overseers struct {
	engine *Engine
	mu     sync.RWMutex
	known  map[acd.AgentID]struct{}
}

func newOverseers(e *Engine) *overseers {
	return &overseers{engine: e, known: map[acd.AgentID]struct{}{}}
}

// boot reads them back.
func (o *overseers) boot() error {
	return o.engine.scan(rowOverseer, "", func(k, _ []byte) error {
		id, _ := rowNames(k)
		o.known[acd.AgentID(id)] = struct{}{}
		return nil
	})
}

// note takes notice of a session's principal.
func (o *overseers) note(by acd.Principal) {
	id := acd.AgentID(by.ID)
	o.mu.RLock()
	_, known := o.known[id]
	o.mu.RUnlock()
	if known || !by.Oversees() {
		return
	}
	o.mu.Lock()
	o.known[id] = struct{}{}
	o.mu.Unlock()
	e := o.engine
	e.order.Lock()
	e.journal.Append(Entry{Epoch: e.epoch, Rows: []Row{{overseerKey(id), []byte{1}}}, Done: func(error) {}})
	e.order.Unlock()
}

// list names those who have a stream, in order: who has none starts from a
// snapshot, which has all that is open.
func (o *overseers) list() (ids []acd.AgentID) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for id := range o.known {
		if o.engine.streams.get(id.Stream()) != nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// called puts into a call for assistance whom it goes to.
func (o *overseers) called(cmd acd.Command) acd.Command {
	if a, ok := cmd.(acd.Assist); ok {
		a.To = o.list()
		return a
	}
	return cmd
}
