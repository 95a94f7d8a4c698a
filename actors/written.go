package actors

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Written is one record of a journal, taken apart for those who check it from
// outside. A message's text is not in it; see the transcript.
type Written struct {
	At      time.Time
	Config  uint64 // the version that it was decided under
	By      acd.Principal
	Command string // the asker's id of the command, if there was one
	Events  []acd.Event
	News    []Told
}

// Told says which event of a record was which number of whose stream.
type Told struct {
	To    acd.Stream
	Epoch string
	Seq   uint64
	Event int
	View  acd.View
}

// OpenRecord takes a record of a stream apart. The keys of its words are looked
// for in the journal.
func OpenRecord(j Journal, stream string, b []byte) (Written, error) {
	owner, _ := parseAddress(stream)
	r, err := decodeRecord(b, &keyring{journal: j, owner: owner})
	w := Written{At: r.at, Config: r.config, By: r.by, Command: r.command, Events: r.events}
	for _, n := range r.news {
		w.News = append(w.News, Told{To: n.to, Epoch: n.epoch, Seq: n.seq, Event: n.index, View: n.view})
	}
	return w, err
}
