package actors

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Restored says how a store goes on that is a copy from the past. Its lives
// after the copy are lost, and so is what they gave out numbers for.
type Restored struct {
	// Epoch is the writer's from now on, higher than that of all lost lives.
	Epoch uint64
	// Kept is the position of the last record that the copy has. No record has a
	// position behind it up to Base, which lies behind those of all lost records.
	Kept, Base uint64
}

// MarkRestored notes that a store is a copy from the past which is put to work
// again. The numbers that streams had in it were given out once more by the
// lives that came after the copy and are lost, for other news: who resumes by
// them would take the new for what he has seen. So no stream of before is
// continued; people get a snapshot. Who follows the journal is told by
// Tap.Restores.
func MarkRestored(j Journal, r Restored) error {
	done := make(chan error, 1)
	lost := binary.BigEndian.AppendUint64(nil, r.Kept)
	j.Append(Entry{Epoch: r.Epoch, Done: func(err error) { done <- err }, Rows: []Row{
		{Key: rowKey(rowRestored, "", ""), Value: binary.BigEndian.AppendUint64(nil, r.Epoch)},
		{Key: rowKey(rowRestored, restoredLost, fmt.Sprintf("%016x", r.Base)), Value: binary.BigEndian.AppendUint64(lost, r.Base)},
	}})
	if err := <-done; err != nil {
		return fmt.Errorf("mark as restored: %w", err)
	}
	return nil
}

// restoredLost owns a row for each restore: the positions that it has left out.
const restoredLost = "lost"

// Restores returns the positions that the restores of this store have left out,
// oldest first; without their epochs.
func (t *Tap) Restores() (all []Restored, err error) {
	from, to := rowRange(rowRestored, restoredLost)
	err = t.journal.Scan(from, to, func(_, v []byte) error {
		if len(v) != 16 {
			return fmt.Errorf("the positions that a restore has left out have %d bytes, expected 16", len(v))
		}
		all = append(all, Restored{Kept: binary.BigEndian.Uint64(v), Base: binary.BigEndian.Uint64(v[8:])})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("tap: %w", err)
	}
	return all, nil
}

// restoredAt is the epoch of the last MarkRestored, 0 if there was none.
func restoredAt(j Journal) (uint64, error) {
	v, err := j.Get(rowKey(rowRestored, "", ""))
	if err != nil || v == nil {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("the mark of a restored store has %d bytes, expected 8", len(v))
	}
	return binary.BigEndian.Uint64(v), nil
}

// lifeOf is the writer's epoch in the name of a stream's numbering; see
// nextEpoch.
func lifeOf(epoch string) uint64 {
	life, _, _ := strings.Cut(epoch, "-")
	n, err := strconv.ParseUint(life, 36, 64)
	if err != nil {
		return 0 // of no life that could have been before a copy: it is not continued after one
	}
	return n
}
