package acd

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// check names what is wrong with the blocks.
func (r *ranks[T]) check(t *rapid.T) {
	n := 0
	for i, b := range r.blocks {
		if len(b) == 0 && r.n > 0 || len(b) > ranksBlock {
			t.Fatalf("block %d has %d", i, len(b))
		}
		n += len(b)
	}
	if n != r.n {
		t.Fatalf("%d stand in blocks, %d are counted", n, r.n)
	}
	if r.n == 0 && len(r.blocks) > 1 {
		t.Fatalf("%d blocks of nobody", len(r.blocks))
	}
	for i := 2; i < len(r.blocks); i++ {
		if len(r.blocks[i-1])+len(r.blocks[i]) <= ranksBlock/8 {
			t.Fatalf("blocks %d and %d have %d and %d", i-1, i, len(r.blocks[i-1]), len(r.blocks[i]))
		}
	}
}

func TestRanksKeepAnOrderedListWhoeverComesAndGoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRanks(waiterBefore)
		want, next := []*waiter{}, 0
		add := func(key int64) {
			next++
			w := &waiter{key: key, Chat: ChatID(strconv.Itoa(next))}
			i, _ := slices.BinarySearchFunc(want, w, compareWaiters)
			want = slices.Insert(want, i, w)
			r.set(w)
		}
		drop := func(i int) {
			r.delete(want[i])
			want = slices.Delete(want, i, i+1)
		}
		span := int64(rapid.SampledFrom([]int{1, 50, 100_000}).Draw(rt, "keys"))
		for range rapid.IntRange(1, 30).Draw(rt, "rounds") {
			how, many := rapid.IntRange(0, 5).Draw(rt, "what"), rapid.IntRange(1, 300).Draw(rt, "many")
			for i := range many {
				switch {
				case how == 0:
					add(span + int64(next)) // behind all
				case how == 1:
					add(-int64(next)) // before all
				case how == 2:
					add(int64(i*7919) % span)
				case len(want) == 0:
				case how == 3:
					drop(0)
				case how == 4:
					drop(len(want) - 1)
				default:
					drop(i * 7919 % len(want))
				}
			}
			r.check(rt)
			if got := r.items(); !slices.Equal(got, want) {
				rt.Fatalf("%d stand there, want %d", len(got), len(want))
			}
		}
		for i, w := range want {
			if !r.has(w) || r.place(w) != i+1 {
				rt.Fatalf("number %d: there %t, at place %d", i+1, r.has(w), r.place(w))
			}
		}
		stranger := &waiter{key: 3, Chat: "stranger"}
		if r.delete(stranger); r.has(stranger) || r.len() != len(want) {
			rt.Fatal("somebody who was not there is, or has taken another one with him")
		}
		seen := 0
		r.scan(func(w *waiter) bool { seen++; return seen < 3 })
		if seen != min(3, len(want)) {
			rt.Fatalf("the walk saw %d after it had enough", seen)
		}
		if len(want) > 0 && (r.first() != want[0] || r.last() != want[len(want)-1]) {
			rt.Fatal("the first or the last is another one")
		}
	})
}

func TestRanksAreFullWhenAllComeInOrder(t *testing.T) {
	r := newRanks(waiterBefore)
	for i := range 10 * ranksBlock {
		r.set(&waiter{key: int64(i)})
	}
	if len(r.blocks) != 10 {
		t.Errorf("%d blocks", len(r.blocks))
	}
}

func TestRanksAreNearlyFullWhenAllComeAlmostInOrder(t *testing.T) {
	r := newRanks(waiterBefore)
	for i := range 100 * ranksBlock {
		r.set(&waiter{key: int64(i + i*7919%600), Chat: ChatID(strconv.Itoa(i))})
	}
	if n := len(r.blocks); n > 140 {
		t.Errorf("%d blocks where 100 would do", n)
	}
}

func TestOneWhoComesAgainTakesHisPlaceInRanks(t *testing.T) {
	r := newRanks(waiterBefore)
	old, now := &waiter{key: 1, Chat: "c"}, &waiter{key: 1, Chat: "c"}
	r.set(old)
	r.set(now)
	if r.len() != 1 || r.first() != now || r.has(old) {
		t.Errorf("%d stand there, the old one %t", r.len(), r.has(old))
	}
}

func TestTheIndexIsAMapThatShrinks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var x index
		want := map[ChatID]*waiter{}
		for range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			comes, many := rapid.Bool().Draw(rt, "comes"), rapid.IntRange(1, 3000).Draw(rt, "many")
			from := rapid.IntRange(0, 4000).Draw(rt, "from")
			for i := range many {
				chat := ChatID(strconv.Itoa(from + i))
				if comes {
					want[chat] = &waiter{Chat: chat}
					x.put(want[chat])
				} else {
					delete(want, chat)
					x.drop(chat)
				}
			}
			seen := map[*waiter]bool{}
			x.all(func(w *waiter) { seen[w] = true })
			if x.len() != len(want) || len(seen) != len(want) {
				rt.Fatalf("%d are counted, %d found, want %d", x.len(), len(seen), len(want))
			}
			for i := range 8000 {
				if chat := ChatID(strconv.Itoa(i)); x.get(chat) != want[chat] {
					rt.Fatalf("chat %s: found %v, want %v", chat, x.get(chat), want[chat])
				}
			}
			for _, p := range x.parts {
				if p != nil && (len(p.marks) > max(indexLeast, 4*p.used+3) || 8*p.used > 7*len(p.marks)) {
					rt.Fatalf("a part has room for %d and holds %d", len(p.marks), p.used)
				}
			}
		}
	})
}

func TestNamesThatAreAlikeAreSpread(t *testing.T) {
	for _, name := range []string{"c%d", "chat%06d", "held%x", "0192f0c1-7a3e-7000-8000-%012x"} {
		var x index
		for i := range 64 * 500 {
			x.put(&waiter{Chat: ChatID(fmt.Sprintf(name, i))})
		}
		marks, far := map[uint32]bool{}, 0
		for _, p := range x.parts {
			if p == nil || p.used < 300 || p.used > 700 {
				t.Fatalf("%s: one part has %v", name, p)
			}
			for i, mark := range p.marks {
				if marks[mark] = true; mark != 0 && (i-p.first(mark)+len(p.marks))%len(p.marks) > 100 {
					far++
				}
			}
		}
		if len(marks) < 31_900 || far > 320 {
			t.Errorf("%s: %d marks, %d stand far from their place", name, len(marks), far)
		}
	}
}

func TestChatsWithOneMarkAreToldApart(t *testing.T) {
	p := &indexPart{}
	p.resize(8)
	all := []*waiter{{Chat: "a"}, {Chat: "b"}, {Chat: "c"}}
	for _, w := range all { // the last of the table, so that they go round its end
		i, there := p.find(^uint32(0), w.Chat)
		if there {
			t.Fatalf("%s is taken for another one", w.Chat)
		}
		p.marks[i], p.slots[i] = ^uint32(0), w
	}
	i, _ := p.find(^uint32(0), "a")
	p.vacate(i)
	for _, w := range all[1:] {
		if i, there := p.find(^uint32(0), w.Chat); !there || p.slots[i] != w {
			t.Errorf("%s is not found any more", w.Chat)
		}
	}
}
