package actors

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// MarkRestored notes that a store is a copy from the past which is put to work
// again. The numbers that streams had in it were given out once more by the
// lives that came after the copy and are lost, for other news: who resumes by
// them would take the new for what he has seen. So no stream of before is
// continued; people get a snapshot. Epoch is the writer's, and has to be higher
// than that of all lost lives.
func MarkRestored(j Journal, epoch uint64) error {
	done := make(chan error, 1)
	j.Append(Entry{Epoch: epoch, Done: func(err error) { done <- err },
		Rows: []Row{{Key: rowKey(rowRestored, "", ""), Value: binary.BigEndian.AppendUint64(nil, epoch)}}})
	if err := <-done; err != nil {
		return fmt.Errorf("mark as restored: %w", err)
	}
	return nil
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
