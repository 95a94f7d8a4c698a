package sim

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/btree"

	"github.com/parley-engine/parley/actors"
)

// disk is a journal that can be lied to. What is appended can be read at once
// and is durable when its sync is over; a crash keeps what was durable and,
// of the rest, any first part.
type disk struct {
	machine *machine
	streams map[string]*track
	rows    btree.Map[string, []byte]
	order   []place // of all records, oldest first
	secrets map[string][]secret
	epoch   uint64

	waiting []held // appended and not durable
	syncing int    // how many of these are in the sync under way
	failed  chan struct{}
	err     error
	entries int

	// latency is how long a sync takes. strikes is asked before each entry is
	// taken and before each is answered whether the node dies, or the disk.
	latency func() time.Duration
	strikes func(answering bool) fate
	life    *life
	unread  func() bool // whether the read at hand fails
	// dropping is told of each stream that is dropped.
	dropping func(stream string)
	damaged  func() bool // whether the snapshot at hand cannot be read
}

type fate uint8

const (
	survives fate = iota
	dies
	fails
)

// track is one actor's records.
type track struct {
	records  [][]byte // number 1 is the first
	snapshot []byte
	at       uint64
	dropped  bool // for the node: the archive has it
}

type place struct {
	stream string
	seq    uint64
	track  *track
}

// held is an entry that a crash may still take back.
type held struct {
	done    func(error)
	undo    []func()
	records int
}

func newDisk(m *machine) *disk {
	return &disk{machine: m, streams: map[string]*track{}, secrets: map[string][]secret{}, failed: make(chan struct{}),
		latency: func() time.Duration { return time.Millisecond }, strikes: func(bool) fate { return survives },
		unread: func() bool { return false }, dropping: func(string) {}, damaged: func() bool { return false }}
}

// Acquire implements actors.Journal.
func (d *disk) Acquire() (uint64, error) {
	d.epoch++
	return d.epoch, nil
}

// Append implements actors.Journal.
func (d *disk) Append(e actors.Entry) { d.take(e, "") }

// take takes an entry, and with it drops a stream, if one is named.
func (d *disk) take(e actors.Entry, drops string) {
	if d.life.dead {
		return
	}
	d.entries++
	switch d.strikes(false) {
	case dies:
		d.life.dead = true
		return
	case fails:
		d.fail()
	case survives:
	}
	h := held{done: e.Done}
	if d.err == nil {
		d.apply(&e, &h)
		d.drop(drops, &h)
	}
	d.waiting = append(d.waiting, h)
	if d.err != nil {
		life := d.life
		d.machine.at(0, func() {
			if !life.dead {
				d.answerFailed()
			}
		})
		return
	}
	d.sync()
}

// apply makes the entry readable and notes how to take it back.
func (d *disk) apply(e *actors.Entry, h *held) {
	if e.Record != nil {
		t := d.track(e.Stream)
		if e.Seq != uint64(len(t.records))+1 {
			panic("sim: record " + e.Stream + " out of its order")
		}
		t.records = append(t.records, bytes.Clone(e.Record))
		d.order = append(d.order, place{e.Stream, e.Seq, t})
		h.records++
		h.undo = append(h.undo, func() {
			t.records = t.records[:len(t.records)-1]
			d.order = d.order[:len(d.order)-1]
		})
	}
	if e.Snapshot != nil {
		t := d.track(e.Stream)
		old, at := t.snapshot, t.at
		t.snapshot, t.at = bytes.Clone(e.Snapshot), e.Seq
		h.undo = append(h.undo, func() { t.snapshot, t.at = old, at })
	}
	for _, r := range e.Rows {
		d.set(string(r.Key), r.Value, h)
	}
}

func (d *disk) set(key string, value []byte, h *held) {
	var old []byte
	var was bool
	if value == nil {
		old, was = d.rows.Delete(key)
	} else {
		old, was = d.rows.Set(key, bytes.Clone(value))
		d.keepSecret(key, value, h)
	}
	h.undo = append(h.undo, func() {
		if was {
			d.rows.Set(key, old)
		} else {
			d.rows.Delete(key)
		}
	})
}

func (d *disk) track(stream string) *track {
	t := d.streams[stream]
	if t == nil {
		t = &track{}
		d.streams[stream] = t
	}
	return t
}

// sync begins to make durable what waits, unless that is under way.
func (d *disk) sync() {
	if d.syncing > 0 || len(d.waiting) == 0 {
		return
	}
	life := d.life
	d.syncing = 1 // what comes before the disk begins goes with it
	d.machine.at(d.latency()/4, func() {
		if life.dead {
			return
		}
		n := len(d.waiting)
		d.syncing = n
		d.machine.at(d.latency(), func() {
			if !life.dead {
				d.synced(n)
			}
		})
	})
}

// synced answers the first n entries, in order.
func (d *disk) synced(n int) {
	if d.err != nil {
		d.answerFailed()
		return
	}
	group := d.waiting[:n:n]
	d.waiting = d.waiting[n:]
	d.syncing = 0
	for i := range group {
		switch d.strikes(true) {
		case dies:
			d.life.dead = true
			return // durable, and nobody was told
		case fails: // on disk, and nobody will be told
			d.waiting = slices.Concat(group[i:], d.waiting)
			d.fail()
			d.answerFailed()
			return
		case survives:
		}
		group[i].done(nil)
		if d.life.dead {
			return
		}
	}
	d.sync()
}

var errBroken = errors.New("the simulated disk is broken")

// fail breaks the disk for this life. What was not durable is lost or not, as
// after a crash.
func (d *disk) fail() {
	if d.err == nil {
		d.err = errBroken
		close(d.failed)
	}
}

// answerFailed answers, in order, what was waiting. What of it a crash takes
// back is decided at the crash.
func (d *disk) answerFailed() {
	for i := 0; i < len(d.waiting) && !d.life.dead; i++ {
		if done := d.waiting[i].done; done != nil {
			d.waiting[i].done = nil
			done(d.err)
		}
	}
}

// crash loses all that was not durable but the first kept entries of it.
func (d *disk) crash(kept int) (lost int) {
	for i := len(d.waiting) - 1; i >= kept; i-- {
		for _, undo := range slices.Backward(d.waiting[i].undo) {
			undo()
		}
		lost++
	}
	d.waiting, d.syncing = nil, 0
	d.failed, d.err = make(chan struct{}), nil
	return lost
}

// Replay implements actors.Journal.
func (d *disk) Replay(stream string, after uint64, fn func(uint64, []byte) error) error {
	t := d.streams[stream]
	if t == nil {
		return nil
	}
	if d.unread() {
		return errUnread
	}
	for seq := after + 1; seq <= uint64(len(t.records)); seq++ {
		if err := fn(seq, t.records[seq-1]); err != nil {
			return err
		}
	}
	return nil
}

// Record implements actors.Journal.
func (d *disk) Record(stream string, seq uint64) ([]byte, error) {
	t := d.streams[stream]
	if t == nil || seq == 0 || seq > uint64(len(t.records)) {
		return nil, nil
	}
	if d.unread() {
		return nil, errUnread
	}
	return t.records[seq-1], nil
}

// Snapshot implements actors.Journal.
func (d *disk) Snapshot(stream string) (uint64, []byte, error) {
	t := d.streams[stream]
	switch {
	case t == nil || t.snapshot == nil || d.damaged():
		return 0, nil, nil
	case d.unread():
		return 0, nil, errUnread
	}
	return t.at, t.snapshot, nil
}

// Get implements actors.Journal.
func (d *disk) Get(key []byte) ([]byte, error) {
	if d.unread() {
		return nil, errUnread
	}
	v, _ := d.rows.Get(string(key))
	return v, nil
}

// Scan implements actors.Journal.
func (d *disk) Scan(from, to []byte, fn func(key, value []byte) error) (err error) {
	if d.unread() {
		return errUnread
	}
	end := string(to)
	d.rows.Ascend(string(from), func(k string, v []byte) bool {
		if k >= end {
			return false
		}
		err = fn([]byte(k), v)
		return err == nil
	})
	return err
}

// Last implements actors.Journal.
func (d *disk) Last(n int, fn func(string, uint64, []byte) error) error {
	from := len(d.order)
	for ; from > 0 && n > 0; from-- {
		if !d.order[from-1].track.dropped {
			n--
		}
	}
	for _, p := range d.order[from:] {
		if p.track.dropped {
			continue
		}
		if err := fn(p.stream, p.seq, p.track.records[p.seq-1]); err != nil {
			return err
		}
	}
	return nil
}

// After implements actors.Journal.
func (d *disk) After(position uint64, n int, fn func(uint64, string, uint64, []byte) error) (uint64, error) {
	_, newest, _ := d.Ends()
	for at := position; at < newest && n > 0; at++ {
		p := d.order[at]
		if p.track.dropped {
			continue
		}
		if err := fn(at+1, p.stream, p.seq, p.track.records[p.seq-1]); err != nil {
			return position, err
		}
		n--
	}
	return position, nil
}

// Ends implements actors.Journal.
func (d *disk) Ends() (oldest, newest uint64, err error) {
	newest = uint64(len(d.order))
	for i := range d.waiting {
		newest -= uint64(d.waiting[i].records)
	}
	return 0, newest, nil
}

// Keep implements actors.Journal. All of it is kept.
func (d *disk) Keep(uint64) {}

// Streams implements actors.Journal.
func (d *disk) Streams(prefix string, fn func(string) error) error {
	var names []string
	for name, t := range d.streams {
		if strings.HasPrefix(name, prefix) && len(t.records) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := fn(name); err != nil {
			return err
		}
	}
	return nil
}

// Drop implements actors.Journal.
func (d *disk) Drop(stream string, rows [][]byte) (failed error) {
	var gone []actors.Row
	for _, key := range rows {
		gone = append(gone, actors.Row{Key: key})
	}
	err := d.life.Await(context.Background(), 0, func(done func()) {
		d.take(actors.Entry{Rows: gone, Done: func(err error) { failed = err; done() }}, stream)
	})
	return errors.Join(err, failed)
}

// drop takes a stream from the node. The archive keeps it.
func (d *disk) drop(stream string, h *held) {
	t := d.streams[stream]
	if stream == "" || t == nil {
		return
	}
	t.dropped = true
	delete(d.streams, stream)
	h.undo = append(h.undo, func() {
		t.dropped = false
		d.streams[stream] = t
	})
	d.dropping(stream)
}

// Failed implements actors.Journal.
func (d *disk) Failed() <-chan struct{} { return d.failed }

// Err implements actors.Journal.
func (d *disk) Err() error { return d.err }
