package actors

import (
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/parley-engine/parley/actors/acd"
)

// load brings a fresh machine to the state that the journal has. What others
// have written for it, and what an earlier life wrote that ended badly, may
// still be on its way: that is awaited first. A chat's first life awaits
// nothing: nobody else writes its records, and a life before that left with
// all of them on disk.
func (e *Engine) load(s *shell) error {
	if s.fresh {
		return nil
	}
	if s.addr.Kind != acd.KindChat || s.again {
		if err := e.barrier(); err != nil {
			return fmt.Errorf("load %s: %w", s.addr, err)
		}
	}
	at, state, err := e.journal.Snapshot(s.stream)
	if err != nil {
		return fmt.Errorf("load %s: %w", s.addr, err)
	}
	if state != nil {
		if err := openSnapshot(s.machine, s.keys, s.kind.load, state); err != nil {
			e.log.Warn("snapshot refused, replaying instead", "actor", s.addr.String(), "seq", at, "err", err)
			s.machine, s.kind, s.keys = e.newMachine(s.addr)
			at = 0
		}
	}
	s.seq, s.snapshot = at, at
	if next, err := e.journal.Record(s.stream, at+1); err != nil {
		return fmt.Errorf("load %s: %w", s.addr, err)
	} else if next == nil {
		return nil // numbers are dense, and to ask for one is far cheaper than to look for many
	}
	err = e.journal.Replay(s.stream, at, func(seq uint64, b []byte) error {
		r, err := decodeRecord(b, s.keys)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", s.addr, seq, err)
		}
		for _, ev := range r.events {
			s.machine.Apply(r.at, ev)
		}
		s.seq = seq
		return nil
	})
	if err != nil {
		return fmt.Errorf("load %s: %w", s.addr, err)
	}
	e.counters.replayed.Add(int(s.seq - at))
	return nil
}

// snapshotVersion is the first byte of every snapshot. One of another version
// is not read: the records are replayed instead.
const snapshotVersion = 2

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func sumOf(b []byte) uint64 { return xxhash.Sum64(b) }

// StateHash is the hash of a machine's durable state: equal states, equal hashes.
func StateHash(m acd.Machine) uint64 {
	switch m := m.(type) {
	case *acd.Chat:
		return xxhash.Sum64(mustEncode(&m.ChatState))
	case *acd.Agent:
		return xxhash.Sum64(mustEncode(m.Export()))
	case *acd.Queue:
		return xxhash.Sum64(mustEncode(m.Export()))
	}
	return 0
}

// snapshotDue returns a snapshot when enough records have come since the last.
func (s *shell) snapshotDue() []byte {
	if s.seq-s.snapshot < uint64(s.engine.opts.SnapshotEvery) {
		return nil
	}
	s.snapshot = s.seq
	return s.picture()
}

// picture is the machine's snapshot; none if it cannot be made now.
func (s *shell) picture() []byte {
	b, err := sealSnapshot(s.machine, s.keys)
	if err != nil {
		s.engine.log.Error("cannot take a snapshot", "actor", s.addr.String(), "err", err)
		return nil
	}
	return b
}

// replaysBest is how many records take no longer to read than a snapshot to
// write, which is read afterwards, too.
const replaysBest = 8

// worthASnapshot reports whether the end of a life is a reason for one. Of a
// chat that is over it is not: what comes is one close or one rating, which has
// no more records to read than after a crash, and hardly anything else.
func (s *shell) worthASnapshot() bool {
	if c, ok := s.machine.(*acd.Chat); ok && c.Over() {
		return false
	}
	return s.seq-s.snapshot > replaysBest
}

// snapshotOnly writes the state of a life that ends.
func (e *Engine) snapshotOnly(s *shell) {
	entry := Entry{Epoch: e.epoch, Stream: s.stream, Seq: s.seq, Snapshot: s.picture(), Done: func(error) {}}
	e.order.Lock()
	e.journal.Append(entry)
	e.order.Unlock()
}
