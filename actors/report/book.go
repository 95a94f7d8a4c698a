package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Interval is how long a cell is, in milliseconds: a quarter of an hour.
const Interval = int64(15 * time.Minute / time.Millisecond)

// Cell is what figures are kept apart by. What a chat brings stands in the cell of
// its queue and source, and what an agent did with it in that of the queue and
// the agent too; cells with an agent have no source. What agents did without a
// chat has no queue.
type Cell struct {
	At     int64 // the number of the interval since 1970
	Queue  acd.QueueID
	Agent  acd.AgentID
	Source acd.SourceID
}

// Start is when the cell's interval begins.
func (c Cell) Start() time.Time { return time.UnixMilli(c.At * Interval).UTC() }

// Compare orders cells by interval, queue, agent and source.
func (c Cell) Compare(o Cell) int {
	switch {
	case c.At != o.At:
		return int(max(min(c.At-o.At, 1), -1))
	case c.Queue != o.Queue:
		return strings.Compare(string(c.Queue), string(o.Queue))
	case c.Agent != o.Agent:
		return strings.Compare(string(c.Agent), string(o.Agent))
	}
	return strings.Compare(string(c.Source), string(o.Source))
}

// Desk is what an agent is, and since when, in Unix milliseconds.
type Desk struct {
	State acd.PresenceState
	Since int64
}

// Book adds facts up. It is used by one goroutine at a time.
type Book struct {
	load   func(Cell) (*Figures, error) // of cells that were let go; nil is none
	cells  map[Cell]*Figures
	desks  map[acd.AgentID]Desk
	change map[Cell]bool
	moved  map[acd.AgentID]bool
}

// NewBook returns an empty book. Load returns the figures of a cell that is not in
// memory, nil when there are none; without it all cells stay in memory.
func NewBook(load func(Cell) (*Figures, error)) *Book {
	return &Book{load: load, cells: map[Cell]*Figures{}, desks: map[acd.AgentID]Desk{}, change: map[Cell]bool{}, moved: map[acd.AgentID]bool{}}
}

// SetDesk brings back what an agent is.
func (b *Book) SetDesk(a acd.AgentID, d Desk) { b.desks[a] = d }

// Desks are those of all agents who have ever signed in.
func (b *Book) Desks() map[acd.AgentID]Desk { return b.desks }

// Add counts a fact. An error is that of the load.
func (b *Book) Add(f *Fact) error {
	if f.Presence != "" {
		return b.present(f.Agent, Desk{f.Presence, f.At})
	}
	return f.spread(func(at, n int64) error { return b.count(f, at, n) })
}

// spread calls add with each interval that a fact is counted in.
func (f *Fact) spread(add func(interval, n int64) error) error {
	if f.Until == 0 {
		return add(f.At/Interval, f.N)
	}
	for at := f.At; at < f.Until; {
		next := min((at/Interval+1)*Interval, f.Until)
		if err := add(at/Interval, (next-at)*f.N); err != nil {
			return err
		}
		at = next
	}
	return nil
}

func (b *Book) count(f *Fact, at, n int64) error {
	if f.Source != "" || f.Agent == "" {
		if err := b.add(Cell{At: at, Queue: f.Queue, Source: f.Source}, f.Figure, n); err != nil {
			return err
		}
	}
	if f.Agent == "" {
		return nil
	}
	return b.add(Cell{At: at, Queue: f.Queue, Agent: f.Agent}, f.Figure, n)
}

func (b *Book) add(c Cell, which Figure, n int64) error {
	f := b.cells[c]
	if f == nil {
		if b.load != nil {
			kept, err := b.load(c)
			if err != nil {
				return err
			}
			f = kept
		}
		if f == nil {
			f = &Figures{}
		}
		b.cells[c] = f
	}
	f.Add(which, n)
	b.change[c] = true
	return nil
}

// presences are the figures of how long an agent was what.
var presences = map[acd.PresenceState]Figure{
	acd.Available: AvailableTime, acd.NotReady: NotReadyTime, acd.InRONA: RONATime, acd.Draining: DrainingTime,
}

// present notes what an agent is from now on, and counts what he was.
func (b *Book) present(a acd.AgentID, now Desk) error {
	was := b.desks[a]
	b.desks[a], b.moved[a] = now, true
	return was.spent(a, now.Since, b.Add)
}

// spent counts the time until then.
func (d Desk) spent(a acd.AgentID, until int64, add func(*Fact) error) error {
	if d.State == "" || d.State == acd.Offline || d.Since >= until {
		return nil
	}
	for _, which := range [...]Figure{SignedInTime, presences[d.State]} {
		if err := add(&Fact{Figure: which, At: d.Since, Until: until, N: 1, Agent: a}); err != nil {
			return err
		}
	}
	return nil
}

// Open returns the time that agents have been what they are now, up to a
// moment, as facts that are not counted yet.
func (b *Book) Open(until time.Time) (facts []Fact) {
	for _, a := range slices.Sorted(maps.Keys(b.desks)) {
		_ = b.desks[a].spent(a, until.UnixMilli(), func(f *Fact) error { facts = append(facts, *f); return nil })
	}
	return facts
}

// Changed takes the cells and desks that have changed since the last call, in
// order; they are the book's own and must not be changed.
func (b *Book) Changed() (cells []Cell, desks []acd.AgentID) {
	cells = slices.SortedFunc(maps.Keys(b.change), Cell.Compare)
	desks = slices.Sorted(maps.Keys(b.moved))
	b.change, b.moved = map[Cell]bool{}, map[acd.AgentID]bool{}
	return cells, desks
}

// Figures returns a cell that is in memory, nil if it is not.
func (b *Book) Figures(c Cell) *Figures { return b.cells[c] }

// Cells calls each with every cell in memory.
func (b *Book) Cells(each func(Cell, *Figures)) {
	for _, c := range slices.SortedFunc(maps.Keys(b.cells), Cell.Compare) {
		each(c, b.cells[c])
	}
}

// LetGo drops cells of intervals that began before a moment and have not changed
// since they were last taken. It needs a book that can load them.
func (b *Book) LetGo(before time.Time) {
	last := before.UnixMilli() / Interval
	maps.DeleteFunc(b.cells, func(c Cell, _ *Figures) bool { return b.load != nil && c.At < last && !b.change[c] })
}
