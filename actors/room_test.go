package actors

import (
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/actors/report"
	"pgregory.net/rapid"
)

// heard is a receiver that counts.
type heard struct{ started, told, stopped chan any }

func (h heard) Receive(msg any) {
	switch msg.(type) {
	case Started:
		h.started <- msg
	case Stopped:
		h.stopped <- msg
	default:
		h.told <- msg
	}
}

func TestTheLibraryKeepsTheNameOfNoActor(t *testing.T) {
	l := newLive()
	registry := l.system.ProcessRegistry
	names := func() (n int) {
		for _, part := range registry.LocalPIDs.LocalPIDs {
			n += part.Count()
		}
		return n
	}
	for _, id := range []string{"eventstream", "deadletter"} { // the library's own
		if _, there := registry.GetLocal(id); !there {
			t.Errorf("%s is not found any more", id)
		}
	}
	if n := names(); n != 2 {
		t.Errorf("%d names before anybody has one", n)
	}
	h := heard{make(chan any), make(chan any), make(chan any)}
	box := l.Spawn("chat/a", h)
	<-h.started
	if n := names(); n != 2 {
		t.Errorf("%d names when an actor has begun", n)
	}
	box.Send("news")
	<-h.told
	again := l.Spawn("chat/a", h) // the name is free
	<-h.started
	box.Stop()
	<-h.stopped
	again.Send("more")
	<-h.told
	again.Stop()
	<-h.stopped
	box.Send("late") // is lost, and nobody waits for it
	l.workers.stop()
}

func TestACustomersOpenChatsAreASetInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var got openChats
		want := map[acd.ChatID]bool{}
		for range rapid.IntRange(0, 200).Draw(rt, "steps") {
			c := acd.ChatID(strconv.Itoa(rapid.IntRange(0, 60).Draw(rt, "chat")))
			if rapid.Bool().Draw(rt, "comes") {
				got.add(c)
				want[c] = true
			} else {
				got.remove(c)
				delete(want, c)
			}
			if all := slices.Sorted(maps.Keys(want)); !slices.Equal(got, all) {
				rt.Fatalf("open are %v, want %v", got, all)
			}
			if n := len(want); n == 0 && got != nil || n > 0 && cap(got) > max(16, 4*n) {
				rt.Fatalf("%d chats have room for %d", n, cap(got))
			}
		}
	})
}

func TestTheDirectoryShrinksWhenACrowdHasGone(t *testing.T) {
	d := newDirectory(func(acd.Address, uint64, any) Mailbox { return &pile{} })
	s, now := &d.shards[0], time.Unix(1000, 0)
	var all []acd.Address
	for i := 0; len(all) < 1000; i++ {
		if a := acd.ChatID(strconv.Itoa(i)).Address(); d.shard(a) == s {
			all = append(all, a)
			d.tell(a, "news", now)
		}
	}
	for _, a := range all[:990] {
		d.dismiss(a, func(*entry) bool { return true })
		d.gone(a, now)
	}
	if len(s.entries) != 10 || s.most > shardKept*2 {
		t.Errorf("%d are left in room for %d", len(s.entries), s.most)
	}
	for _, a := range all[990:] {
		if s.entries[a] == nil {
			t.Errorf("%v has stayed and is not found", a)
		}
	}
}

func TestTheLineOfFactsDoesNotKeepTheRoomOfARush(t *testing.T) {
	f := &figures{engine: &Engine{}, book: report.NewBook(func(report.Cell) (*report.Figures, error) { return nil, nil })}
	f.engine.counters = newCounters(f.engine)
	defer f.engine.counters.unregister()
	few, rush := make([]report.Fact, 10), make([]report.Fact, 20_000)
	room := func(facts []report.Fact) int {
		f.take(facts)
		if err := f.add(false); err != nil {
			t.Fatal(err)
		}
		return cap(f.line) + cap(f.spare)
	}
	if n := room(rush); n < len(rush) {
		t.Errorf("room for %d is left in the middle of a rush", n)
	}
	room(few)
	room(few)
	if f.since != len(rush)+2*len(few) {
		t.Errorf("%d facts since the last mark", f.since)
	}
	if n := room(few); n > 4*figuresSpare {
		t.Errorf("room for %d is kept", n)
	}
}

func TestALongLineOfFactsIsAddedUpWithoutAMark(t *testing.T) {
	f := newFigures(&Engine{})
	f.book = report.NewBook(func(report.Cell) (*report.Figures, error) { return nil, nil })
	f.engine.counters = newCounters(f.engine)
	defer f.engine.counters.unregister()
	before := f.mark
	if !f.take(make([]report.Fact, figuresLine+1)) || f.take(make([]report.Fact, 1)) {
		t.Error("a line that is long is not seen, or seen twice")
	}
	f.hurry()
	if len(f.line) != 0 || f.mark != before || !f.ahead {
		t.Errorf("%d facts are in line, the mark was %d and is %d", len(f.line), before, f.mark)
	}
	if !f.take(make([]report.Fact, figuresLine+1)) {
		t.Error("the next long line is not seen")
	}
}
