package tally

import "time"

// Customer is who reads a chat that is no agent.
const Customer = -1

// Ledger is what the clients of one chat were told, kept to find
// contradictions. Agents are numbers from 0. Its owner guards it.
type Ledger struct {
	faults  *Faults
	holders []holder
	said    []said
	readers []reader
}

// holder is an agent who was told that the chat is his.
type holder struct {
	agent  int
	since  time.Duration
	rivals []int // who was told so before, and not yet that it is over
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
	h := holder{agent: agent, since: at}
	for _, other := range l.holders {
		if other.agent == agent {
			return false // in a snapshot
		}
		if !expected {
			h.rivals = append(h.rivals, other.agent)
		}
	}
	l.holders = append(l.holders, h)
	return true
}

// Released notes that an agent was told that he does not own it any more.
func (l *Ledger) Released(agent int, at time.Duration) {
	kept := l.holders[:0]
	for _, h := range l.holders {
		late := at-h.since > settling
		switch {
		case h.agent == agent && late:
			l.faults.DoubleAssignments.Add(int64(len(h.rivals)))
		case h.agent != agent:
			kept = append(kept, h.without(agent, late, l.faults))
		}
	}
	l.holders = kept
}

func (h holder) without(agent int, late bool, f *Faults) holder {
	for i, r := range h.rivals {
		if r == agent {
			if late {
				f.DoubleAssignments.Add(1)
			}
			h.rivals = append(h.rivals[:i], h.rivals[i+1:]...)
			break
		}
	}
	return h
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
// accepted and did not deliver, the end of a chat that it had accepted, and who
// owned it beside another to the last. Served says that an agent had it.
func (l *Ledger) Close(accepted, ended, served bool) {
	for _, m := range l.said {
		if m.acked && (!m.customer || served && !m.desk) {
			l.faults.Lost.Add(1)
		}
	}
	if accepted && !ended {
		l.faults.Lost.Add(1)
	}
	for _, h := range l.holders {
		l.faults.DoubleAssignments.Add(int64(len(h.rivals)))
	}
}
