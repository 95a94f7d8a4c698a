package tally

import (
	"slices"
	"time"
)

// Customer is who reads a chat that is no agent.
const Customer = -1

// Ledger is what the clients of one chat were told, kept to find
// contradictions. Agents are numbers from 0. Its owner guards it.
type Ledger struct {
	faults   *Faults
	holders  []int // who was told that the chat is his, and not yet that it is over
	disputes []dispute
	said     []said
	readers  []reader
}

// dispute is two agents who were told the same, and not yet that one is out.
type dispute struct {
	before, after int
	since         time.Duration
}

// said is one message.
type said struct {
	acked          bool
	customer, desk bool // it has reached the customer; an agent
}

// reader is somebody to whom messages came as events.
type reader struct {
	who  int
	last uint64 // message_seq
	got  []uint64
}

// settling is how long two connections may tell of one hand-over: the old
// owner's may be a little behind the new one's.
const settling = time.Second

// NewLedger is of a new chat.
func NewLedger(f *Faults) Ledger { return Ledger{faults: f} }

// Assigned notes that an agent was told that he owns the chat, and reports
// whether he did not know. Expected says that another one had asked him to
// follow, and so knows that his part ends.
func (l *Ledger) Assigned(agent int, expected bool, at time.Duration) bool {
	if slices.Contains(l.holders, agent) {
		return false // in a snapshot
	}
	if !expected {
		for _, other := range l.holders {
			l.disputes = append(l.disputes, dispute{other, agent, at})
		}
	}
	l.holders = append(l.holders, agent)
	return true
}

// Left notes that an agent was told that the chat has been taken from him. If
// that comes soon, it explains why another one was told that he owns it.
func (l *Ledger) Left(agent int, at time.Duration) {
	l.Released(agent)
	l.disputes = slices.DeleteFunc(l.disputes, func(d dispute) bool {
		return (d.before == agent || d.after == agent) && at-d.since <= settling
	})
}

// Released notes that an agent's part has come to an end of its own, by a
// transfer that he asked for or with the chat. It explains nothing.
func (l *Ledger) Released(agent int) {
	l.holders = slices.DeleteFunc(l.holders, func(holder int) bool { return holder == agent })
}

// Say gives the next message its number, from 0.
func (l *Ledger) Say() int {
	l.said = append(l.said, said{})
	return len(l.said) - 1
}

// Said is how many messages were sent.
func (l *Ledger) Said() int { return len(l.said) }

// Acked notes that the server has accepted a message.
func (l *Ledger) Acked(n int) {
	if n < len(l.said) {
		l.said[n].acked = true
	}
}

// Heard notes message n, which came to somebody as an event, and reports
// whether it was new to him. Ordered is false if its event was out of order,
// which has been counted then.
func (l *Ledger) Heard(n, who int, messageSeq uint64, ordered bool) bool {
	if n < 0 || n >= len(l.said) {
		return false
	}
	r := l.reader(who)
	word, bit := n/64, uint64(1)<<(n%64)
	for len(r.got) <= word {
		r.got = append(r.got, 0)
	}
	if r.got[word]&bit != 0 {
		l.faults.Repeated.Add(1)
		return false
	}
	r.got[word] |= bit
	if messageSeq < r.last && ordered {
		l.faults.OutOfOrder.Add(1)
	}
	r.last = max(r.last, messageSeq)
	l.Read(n, who)
	return true
}

func (l *Ledger) reader(who int) *reader {
	for i := range l.readers {
		if l.readers[i].who == who {
			return &l.readers[i]
		}
	}
	l.readers = append(l.readers, reader{who: who})
	return &l.readers[len(l.readers)-1]
}

// Read notes a message that stood in a transcript.
func (l *Ledger) Read(n, who int) {
	if n < 0 || n >= len(l.said) {
		return
	}
	if who == Customer {
		l.said[n].customer = true
	} else {
		l.said[n].desk = true
	}
}

// Close counts what was promised and did not happen: messages that the server
// accepted and did not deliver, the end of a chat that it had accepted, and two
// owners without an explanation. Served says that an agent had it.
func (l *Ledger) Close(accepted, ended, served bool) {
	for _, m := range l.said {
		if m.acked && (!m.customer || served && !m.desk) {
			l.faults.Lost.Add(1)
		}
	}
	if accepted && !ended {
		l.faults.Lost.Add(1)
	}
	l.faults.DoubleAssignments.Add(int64(len(l.disputes)))
}
