package check

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// A board is a little behind: it is taken once a second, of machines that may
// lie still for some seconds each, and is shown when that is on disk.
const (
	boardBehind = 20 * time.Second
	boardAhead  = 5 * time.Second // what a board knows may still be on its way to the chat
)

// begun is one life of the node.
type begun struct {
	records int // that the journal had then
	at      time.Time
}

// Began notes that the node starts, on so many records, when its clock says at.
func (c *Checker) Began(records int, at time.Time) { c.lives = append(c.lives, begun{records, at}) }

// moment is a time of the node's clock, which may be set back between two lives.
type moment struct {
	life int
	at   time.Time
}

func (m moment) before(o moment) bool {
	return m.life < o.life || m.life == o.life && m.at.Before(o.at)
}

// shown is one counter of a board as a supervisor was shown it.
type shown struct {
	life  int
	at    time.Time
	of    string
	count int
}

// board notes the counters of a board: who waits in each queue, and whom each
// agent serves.
func (c *Checker) board(e *acd.CountersShown) {
	for i := range e.Queues {
		c.boards = append(c.boards, shown{len(c.lives), e.At, "queue/" + string(e.Queues[i].Queue), e.Queues[i].Waiting})
	}
	for i := range e.Agents {
		serves := 0
		for _, s := range e.Agents[i].Slots {
			if s.State == acd.SlotConnected {
				serves++
			}
		}
		c.boards = append(c.boards, shown{len(c.lives), e.At, "agent/" + string(e.Agents[i].Agent), serves})
	}
}

// stay is how long a chat counted at one place.
type stay struct {
	from, to moment
	over     bool
}

// sureMark stands behind the place of a stay that counts without a doubt. Of
// others somebody may know more than the chat does, or less.
const sureMark = "!"

// counts follows where a chat counts after a record: in the queue that it waits
// in, and with everybody who serves it.
func (f *fold) counts(c *chat, at time.Time) {
	now := moment{f.life, at}
	where := map[string]bool{}
	if c.started && !c.ended {
		if c.leg {
			where["queue/"+string(c.queue)] = true
			if c.owner == "" && len(c.offers) == 0 && !c.transfer {
				where["queue/"+string(c.queue)+sureMark] = true
			}
		}
		for a := range c.joined {
			where["agent/"+string(a)] = true
			if c.owner == a && !c.transfer && len(c.offers) == 0 {
				where["agent/"+string(a)+sureMark] = true
			}
		}
	}
	for place, s := range c.stays {
		if !where[place] {
			s.to, s.over = now, true
			delete(c.stays, place)
		}
	}
	for place := range where {
		if c.stays[place] == nil {
			s := &stay{from: now}
			c.stays[place] = s
			f.stays[place] = append(f.stays[place], s)
		}
	}
}

// boards holds each counter that was shown to the stays: it counts all that
// stood there for the whole time that it may be behind, and nothing that was not
// there at any time of it.
func (f *fold) boards() {
	for _, b := range f.checker.boards {
		from, to := moment{b.life, b.at.Add(-boardBehind)}, moment{b.life, b.at.Add(boardAhead)}
		if b.life == 0 || from.at.Before(f.checker.lives[b.life-1].at) {
			continue // the node has just begun
		}
		least, most := 0, 0
		for _, s := range f.stays[b.of] {
			if s.from.before(to) && (!s.over || from.before(s.to)) {
				most++
			}
		}
		for _, s := range f.stays[b.of+sureMark] {
			if s.from.before(from) && (!s.over || to.before(s.to)) {
				least++
			}
		}
		if b.count < least || b.count > most {
			f.checker.fail("board", acd.Address{}, "a board of %s says %d of %s, the records say %d to %d", b.at, b.count, b.of, least, most)
			return
		}
	}
}
