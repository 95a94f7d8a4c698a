package actors

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/parley-engine/parley/actors/acd"
)

// recordVersion is the first byte of every record. A reader refuses a higher
// one; a lower one is read for ever. In the first version the words of events
// stood in the events themselves; since the second they are sealed beside them.
const recordVersion = 2

// eventTypes numbers the events on disk. Numbers are never changed or reused:
// a new event takes the next one.
var eventTypes = []acd.Event{
	1: acd.ChatStarted{}, 2: acd.Queued{}, 3: acd.Offered{}, 4: acd.OfferEnded{}, 5: acd.Accepted{},
	6: acd.MessageSent{}, 7: acd.ReadMarked{}, 8: acd.CustomerAway{}, 9: acd.CustomerBack{}, 10: acd.Left{},
	11: acd.WaitedLong{}, 12: acd.AttributesSet{}, 13: acd.ChatEnded{}, 14: acd.WrapupRecorded{}, 15: acd.ChatClosed{},
	16: acd.PresenceSet{}, 17: acd.NextPresenceSet{}, 18: acd.ChannelSet{}, 19: acd.Struck{}, 20: acd.Focused{},
	21: acd.WindowSet{}, 22: acd.WrapupStarted{}, 23: acd.WrapupSaved{}, 24: acd.WrapupExtended{}, 25: acd.WrapupDone{},
	26: acd.WrapupAmended{}, 27: acd.SlotFreed{}, 28: acd.TransferStarted{}, 29: acd.TransferDone{}, 30: acd.TransferFailed{},
	31: acd.TransferCancelled{}, 32: acd.TransferReturning{}, 33: acd.InviteFailed{}, 34: acd.Joined{}, 35: acd.OwnerSet{},
	36: acd.LegDropped{}, 37: acd.Prioritized{}, 38: acd.Labelled{}, 39: acd.Interrupted{}, 40: acd.IdleWarned{},
	41: acd.AgentIdled{}, 42: acd.Parked{}, 43: acd.Unparked{}, 44: acd.EndProposed{}, 45: acd.EndDeclined{},
	46: acd.Rated{},
	48: acd.RingUnheard{},
	50: acd.AssistAsked{}, 51: acd.DirectSaid{}, 52: acd.AlertRaised{},
	60: acd.QueueModeSet{},
	70: acd.WaitSaid{}, 71: acd.WaitNoticed{},
}

var eventNumbers = func() map[reflect.Type]uint64 {
	m := make(map[reflect.Type]uint64, len(eventTypes))
	for n, e := range eventTypes {
		if e != nil {
			m[reflect.TypeOf(e)] = uint64(n)
		}
	}
	return m
}()

// CBOR with integer keys: compact, open to new fields, and the same bytes for
// the same value, which the state hash needs.
var (
	encoding, _ = cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339NanoUTC}.EncMode()
	decoding, _ = cbor.DecOptions{MaxNestedLevels: 16}.DecMode()
)

// record is one turn of one actor as it stands in the journal.
type record struct {
	at      time.Time
	config  uint64 // version that it was decided under
	by      acd.Principal
	command string // the asker's id of the command, if any
	events  []acd.Event
	news    []newsRef
}

// newsRef says which event of a record is which number of whose stream.
type newsRef struct {
	to    acd.Stream
	epoch string
	seq   uint64
	index int
	view  acd.View
}

// appendHead encodes all of r but the news, which are numbered later. Words are
// sealed with what keys has for them.
func appendHead(b []byte, r *record, keys *keyring) ([]byte, error) {
	b = append(b, recordVersion)
	b = binary.AppendUvarint(b, uint64(r.at.UnixMilli()))
	b = binary.AppendUvarint(b, r.config)
	b = appendString(b, string(r.by.Role))
	b = appendString(b, r.by.ID)
	b = appendString(b, r.command)
	b = binary.AppendUvarint(b, uint64(len(r.events)))
	for _, e := range r.events {
		n, ok := eventNumbers[reflect.TypeOf(e)]
		if !ok {
			return nil, fmt.Errorf("record: %T has no number", e)
		}
		var err error
		if b, err = keys.appendEvent(binary.AppendUvarint(b, n), r.at, e); err != nil {
			return nil, fmt.Errorf("record: %T: %w", e, err)
		}
	}
	return b, nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// errTorn means that a record ends before it is whole: a bug or a bad disk,
// since the journal's own checksums have passed.
var errTorn = errors.New("record: cut short")

// decodeRecord reads a record; without keys it skips what happened.
func decodeRecord(b []byte, keys *keyring) (r record, err error) {
	d := reader{b: b}
	v := d.byte()
	if (v == 0 || v > recordVersion) && d.err == nil {
		return r, fmt.Errorf("record: version %d, this build reads up to %d", v, recordVersion)
	}
	r.at = time.UnixMilli(int64(d.uvarint())).UTC()
	r.config = d.uvarint()
	r.by.Role = acd.Role(d.string())
	r.by.ID = d.string()
	r.command = d.string()
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		number, body := d.uvarint(), d.bytes()
		var sealed []byte
		if v > 1 {
			sealed = d.bytes()
		}
		if keys == nil || d.err != nil {
			continue
		}
		e, err := decodeEvent(number, body)
		if err == nil {
			e, err = keys.reveal(r.at, e, sealed)
		}
		if err != nil {
			return r, err
		}
		r.events = append(r.events, e)
	}
	for n := d.uvarint(); n > 0 && d.err == nil; n-- {
		r.news = append(r.news, newsRef{
			to: acd.Stream(d.string()), epoch: d.string(), seq: d.uvarint(), index: int(d.uvarint()), view: acd.View(d.byte()),
		})
	}
	return r, d.err
}

func decodeEvent(number uint64, body []byte) (acd.Event, error) {
	if number >= uint64(len(eventTypes)) || eventTypes[number] == nil {
		return nil, fmt.Errorf("record: event number %d is not known to this build", number)
	}
	v := reflect.New(reflect.TypeOf(eventTypes[number]))
	if err := decoding.Unmarshal(body, v.Interface()); err != nil {
		return nil, fmt.Errorf("record: decode %T: %w", eventTypes[number], err)
	}
	return v.Elem().Interface().(acd.Event), nil
}

// reader takes a record apart; after the first error it yields zeros.
type reader struct {
	b   []byte
	err error
}

func (d *reader) byte() byte {
	if d.err != nil || len(d.b) == 0 {
		d.err = errTorn
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *reader) uvarint() uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.err = errTorn
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *reader) bytes() []byte {
	n := d.uvarint()
	if d.err != nil || n > uint64(len(d.b)) {
		d.err = errTorn
		return nil
	}
	p := d.b[:n]
	d.b = d.b[n:]
	return p
}

func (d *reader) string() string { return string(d.bytes()) }

// ReadRecord reads a record of a stream for those who look at the past: when it
// was and what happened. Without a journal to find their keys in, words stay
// sealed. A message's text is not in it; see the transcript.
func ReadRecord(j Journal, stream string, b []byte) (at time.Time, events []acd.Event, err error) {
	owner, _ := parseAddress(stream)
	r, err := decodeRecord(b, &keyring{journal: j, owner: owner})
	return r.at, r.events, err
}
