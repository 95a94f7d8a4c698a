package actors

import (
	"encoding/binary"
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
	if !s.kind.durable {
		return nil
	}
	if s.addr.Kind != acd.KindChat || s.again {
		if err := e.barrier(); err != nil {
			return fmt.Errorf("load %s: %w", s.addr, err)
		}
	}
	stream := s.addr.String()
	at, state, err := e.journal.Snapshot(stream)
	if err != nil {
		return fmt.Errorf("load %s: %w", s.addr, err)
	}
	if state != nil {
		if err := openSnapshot(s, state); err != nil {
			e.log.Warn("snapshot refused, replaying instead", "actor", s.addr.String(), "seq", at, "err", err)
			s.machine, s.kind = e.newMachine(s.addr)
			at = 0
		}
	}
	s.seq, s.snapshot = at, at
	if next, err := e.journal.Record(stream, at+1); err != nil {
		return fmt.Errorf("load %s: %w", s.addr, err)
	} else if next == nil {
		return nil // numbers are dense, and to ask for one is far cheaper than to look for many
	}
	err = e.journal.Replay(stream, at, func(seq uint64, b []byte) error {
		r, err := decodeRecord(b, true)
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
const snapshotVersion = 1

// A snapshot is version, hash of the state, state. The hash is of the state's
// canonical bytes, so it is also the state hash that a replay must reach.
func sealSnapshot(state any) []byte {
	body := mustEncode(state)
	b := make([]byte, 0, len(body)+9)
	b = append(b, snapshotVersion)
	b = binary.BigEndian.AppendUint64(b, xxhash.Sum64(body))
	return append(b, body...)
}

func openSnapshot(s *shell, b []byte) error {
	if len(b) < 9 || b[0] != snapshotVersion {
		return fmt.Errorf("snapshot of version %d, this build reads %d", first(b), snapshotVersion)
	}
	body := b[9:]
	if got, want := xxhash.Sum64(body), binary.BigEndian.Uint64(b[1:]); got != want {
		return fmt.Errorf("snapshot's state hash is %x, expected %x", got, want)
	}
	return s.kind.load(s.machine, body)
}

func first(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

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
	return sealSnapshot(s.kind.export(s.machine))
}

// snapshotOnly writes the state of a life that ends.
func (e *Engine) snapshotOnly(s *shell) {
	entry := Entry{Epoch: e.epoch, Stream: s.addr.String(), Seq: s.seq, Snapshot: sealSnapshot(s.kind.export(s.machine)), Done: func(error) {}}
	e.order.Lock()
	e.journal.Append(entry)
	e.order.Unlock()
}
