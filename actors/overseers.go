package actors

import (
	"fmt"
	"sync"

	"github.com/parley-engine/parley/actors/acd"
)

// overseers are the supervisors and administrators who have ever signed in.
// Rules know no supervisors, so whoever has to be called is named here, from
// the roles of verified sessions; his last session's scope counts. A row each keeps them across a restart: who
// is called while he is on his way back finds it in his stream.
type overseers struct {
	engine *Engine
	mu     sync.RWMutex
	known  map[acd.AgentID]acd.Scope
}

func newOverseers(e *Engine) *overseers {
	return &overseers{engine: e, known: map[acd.AgentID]acd.Scope{}}
}

// boot reads them back.
func (o *overseers) boot() error {
	return o.engine.scan(rowOverseer, "", func(k, v []byte) error {
		id, _ := rowNames(k)
		scope, err := decodeScope(v)
		o.known[acd.AgentID(id)] = scope
		return err
	})
}

// note takes notice of a session's principal.
func (o *overseers) note(by acd.Principal) {
	id := acd.AgentID(by.ID)
	o.mu.RLock()
	scope, known := o.known[id]
	o.mu.RUnlock()
	if known && scope == by.Scope || !by.Oversees() {
		return
	}
	o.mu.Lock()
	o.known[id] = by.Scope
	o.mu.Unlock()
	e := o.engine
	e.order.Lock()
	e.journal.Append(Entry{Epoch: e.epoch, Rows: []Row{{overseerKey(id), encodeScope(by.Scope)}}, Done: func(error) {}})
	e.order.Unlock()
}

// list names those who have a stream, in order: who has none starts from a
// snapshot, which has all that is open.
func (o *overseers) list() (all []acd.Overseer) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for _, id := range sortedKeys(o.known) {
		if o.engine.streams.get(id.Stream()) != nil {
			all = append(all, acd.Overseer{Agent: id, Scope: o.known[id]})
		}
	}
	return all
}

// The two forms of an overseer's row: of all queues, or of those that follow.
const (
	overseesAll  = 1
	overseesSome = 2
)

func encodeScope(s acd.Scope) []byte {
	if s == "" {
		return []byte{overseesAll}
	}
	return append([]byte{overseesSome}, s...)
}

func decodeScope(b []byte) (acd.Scope, error) {
	switch {
	case first(b) == overseesAll:
		return "", nil
	case first(b) == overseesSome && len(b) > 1:
		return acd.Scope(b[1:]), nil
	}
	return "", fmt.Errorf("row of an overseer: %x, expected 1 or 2 and queues", b)
}

// called puts into a call for assistance, or a rating, whom it goes to.
func (o *overseers) called(cmd acd.Command) acd.Command {
	switch c := cmd.(type) {
	case acd.Assist:
		c.To = o.list()
		return c
	case acd.Rate:
		c.To = o.engine.board.onChats()
		return c
	}
	return cmd
}
