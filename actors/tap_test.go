package actors_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// tapped is what a tap reads of a chat's journal from the start, page by page:
// the names of its events, and what was read.
func (w *world) tapped(chat acd.ChatID, words bool) (names []string, all []actors.Happening) {
	w.t.Helper()
	for at := uint64(0); ; {
		taken, err := w.engine.Tap().After(at, 3, words)
		if err != nil {
			w.t.Fatal(err)
		}
		if taken.Records == 0 {
			return names, all
		}
		for _, h := range taken.Events {
			if h.From == chat.Address() {
				names, all = append(names, strings.TrimPrefix(fmt.Sprintf("%T", h.Event), "acd.")), append(all, h)
			}
		}
		if taken.Last <= at {
			w.t.Fatalf("the last of %d records is %d, after %d", taken.Records, taken.Last, at)
		}
		at = taken.Last
	}
}

func TestATapReadsTheEventsOfAChatInTheirOrderAcrossACrash(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "hello")
		names, all := w.tapped(chat, false)
		if got := strings.Join(names, " "); got != "ChatStarted Queued Offered Accepted MessageSent" {
			t.Errorf("the chat's events are %s", got)
		}
		w.crash()
		again, _ := w.tapped(chat, false)
		if strings.Join(again[:len(names)], " ") != strings.Join(names, " ") {
			t.Errorf("after a crash the events are %v, before it %v", again, names)
		}
		last := all[len(all)-1]
		if q, err := w.engine.Past().QueueAt(chat, last.Seq); err != nil || q != "support" {
			t.Errorf("the queue at record %d is %s, %v", last.Seq, q, err)
		}
	})
}

func TestATapShowsWordsOnlyToWhoAsksForThemAndNeverErasedOnes(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		chat := ann.starts()
		ann.says(chat, "a secret")
		started := func(words bool) acd.ChatStarted {
			_, all := w.tapped(chat, words)
			return all[0].Event.(acd.ChatStarted)
		}
		if name := started(false).Customer.Name; name != "" {
			t.Errorf("without words the customer's name is %q", name)
		}
		if name := started(true).Customer.Name; name != "ann" {
			t.Errorf("with words the customer's name is %q", name)
		}
		if m, found, err := w.engine.Tap().Message(chat, 1); err != nil || !found || m.Text != "a secret" {
			t.Errorf("the message is %q, %t, %v", m.Text, found, err)
		}
		ann.must(chat.Address(), acd.EndChat{})
		if _, _, err := w.engine.Erase("ann"); err != nil {
			t.Fatal(err)
		}
		if name := started(true).Customer.Name; name != "" {
			t.Errorf("after the erasure the customer's name is %q", name)
		}
		if m, found, err := w.engine.Tap().Message(chat, 1); err != nil || !found || m.Text != "" || !m.Erased {
			t.Errorf("after the erasure the message is %q, %t, erased %t, %v", m.Text, found, m.Erased, err)
		}
	})
}

func TestWhoFollowsIsWokenWhenMoreIsDurableAndNotBefore(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		chat := ann.starts()
		_, newest, err := w.engine.Tap().Ends()
		if err != nil {
			t.Fatal(err)
		}
		w.journal.Hold()
		grown := w.engine.Grown()
		say := acd.SendText{Text: "hello"}
		ann.session.Do("held", digestOf(say), chat.Address(), say)
		synctest.Wait()
		select {
		case <-grown:
			t.Error("woken by what is not durable")
		default:
		}
		if _, now, _ := w.engine.Tap().Ends(); now != newest {
			t.Errorf("the end is %d while the disk is held back, expected %d", now, newest)
		}
		w.journal.Release()
		synctest.Wait()
		select {
		case <-grown:
		case <-time.After(time.Minute):
			t.Error("not woken")
		}
		if _, now, _ := w.engine.Tap().Ends(); now <= newest {
			t.Errorf("the end is still %d", now)
		}
	})
}

func TestAShelfKeepsItsThingsApartAndAcrossACrash(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.engine.Shelf("hooks")
		put := func(s *actors.Shelf, things ...actors.Kept) {
			t.Helper()
			if err := s.Put(things...); err != nil {
				t.Fatal(err)
			}
		}
		put(s, actors.Kept{Key: "a/1", Value: []byte("one")}, actors.Kept{Key: "a/2", Value: []byte("two")}, actors.Kept{Key: "b/1", Value: []byte("three")})
		put(w.engine.Shelf("hook"), actors.Kept{Key: "a/1", Value: []byte("another's")})
		put(s, actors.Kept{Key: "a/2"})
		w.crash()
		list := func(prefix, after string) string {
			var keys []string
			if err := w.engine.Shelf("hooks").Each(prefix, after, func(k actors.Kept) error {
				keys = append(keys, k.Key+"="+string(k.Value))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return strings.Join(keys, " ")
		}
		for _, tt := range []struct{ prefix, after, want string }{
			{"", "", "a/1=one b/1=three"}, {"a/", "", "a/1=one"}, {"", "a/1", "b/1=three"}, {"a/", "a/1", ""}, {"c", "", ""},
		} {
			if got := list(tt.prefix, tt.after); got != tt.want {
				t.Errorf("with %q after %q there is %q, expected %q", tt.prefix, tt.after, got, tt.want)
			}
		}
		stop := errors.New("stop")
		if err := w.engine.Shelf("hooks").Each("", "", func(actors.Kept) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the end of a listing is %v", err)
		}
	})
}

func TestHowFarBackTheOrderIsKeptSurvivesARestart(t *testing.T) {
	inWorld(t, func(w *world) {
		kept := &keptOrder{}
		w.wrap = func(j actors.Journal) actors.Journal { kept.Journal = j; return kept }
		w.crash()
		if err := w.engine.KeepOrder(7); err != nil {
			t.Fatal(err)
		}
		kept.at = 0
		w.crash()
		if kept.at != 7 {
			t.Errorf("after a restart the order is kept from %d, expected 7", kept.at)
		}
	})
}

type keptOrder struct {
	actors.Journal
	at uint64
}

func (k *keptOrder) Keep(position uint64) { k.at = position; k.Journal.Keep(position) }
