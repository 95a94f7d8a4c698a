package actors_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// lives lets a customer have a short chat with alice, who is there.
func (w *world) lives(alice, customer *person, text string) acd.ChatID {
	w.t.Helper()
	chat := customer.starts()
	alice.accepts()
	customer.says(chat, text)
	alice.must(chat.Address(), acd.EndChat{})
	alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
	customer.reads()
	return chat
}

func TestHistoryFindsEndedChatsNewestFirstPageByPage(t *testing.T) {
	inWorld(t, func(w *world) {
		alice := w.agent("alice")
		alice.ready()
		began := w.now()
		var chats []acd.ChatID
		for i := range 5 {
			who := w.customer([]string{"ann", "bert"}[i%2])
			chats = append(chats, w.lives(alice, who, "hello"))
			who.session.Close("")
			w.pass(time.Minute)
		}
		past := w.engine.Past()
		var got []acd.ChatID
		q := actors.Query{Limit: 2}
		for {
			page, next, err := past.History(q)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page {
				got = append(got, s.Chat)
			}
			if q.Cursor = next; next == nil {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint([]acd.ChatID{chats[4], chats[3], chats[2], chats[1], chats[0]}) {
			t.Errorf("history %v of %v", got, chats)
		}
		for _, c := range []struct {
			q    actors.Query
			want int
		}{
			{actors.Query{Customer: "ann"}, 3}, {actors.Query{Agent: "alice"}, 5}, {actors.Query{Agent: "bob"}, 0},
			{actors.Query{Queue: "support"}, 5}, {actors.Query{Source: "elsewhere"}, 0},
			{actors.Query{From: began.Add(150 * time.Second)}, 2}, {actors.Query{To: began.Add(90 * time.Second)}, 2},
		} {
			if page, _, err := past.History(c.q); err != nil || len(page) != c.want {
				t.Errorf("%+v found %d chats (%v), expected %d", c.q, len(page), err, c.want)
			}
		}
	})
}

func TestReplayShowsAChatAsItWasAfterEachRecord(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := w.lives(alice, ann, "hello")
		var phases []string
		past := w.engine.Past()
		if err := past.Replay(chat, 0, func(m actors.Moment) error {
			phases = append(phases, string(m.State.Phase))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(phases, " "); got != "queued queued active active ended closed" {
			t.Errorf("phases %q", got)
		}
		var at actors.Moment
		if err := past.Replay(chat, 3, func(m actors.Moment) error { at = m; return nil }); err != nil || at.Seq != 3 || at.By.ID != "alice" {
			t.Errorf("record 3 by %+v: %v", at.By, err)
		}
		why, err := past.Explain(chat)
		if err != nil || len(why) != 1 || why[0].Decision.Winner != "alice" {
			t.Errorf("explained by %+v: %v", why, err)
		}
		if err := past.Replay("nochat", 0, func(actors.Moment) error { return nil }); !errors.Is(err, acd.ErrNotFound) {
			t.Errorf("a chat that never was: %v", err)
		}
	})
}

func TestErasingACustomerLeavesTheChatsWithoutTheirText(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann, bert := w.agent("alice"), w.customer("ann"), w.customer("bert")
		alice.ready()
		gone, kept := w.lives(alice, ann, "my secret"), w.lives(alice, bert, "my other secret")
		open := ann.starts()
		erased, stillOpen, err := w.engine.Erase("ann")
		if err != nil || fmt.Sprint(erased) != fmt.Sprint([]acd.ChatID{gone}) || fmt.Sprint(stillOpen) != fmt.Sprint([]acd.ChatID{open}) {
			t.Fatalf("erased %v, open %v, %v", erased, stillOpen, err)
		}
		for _, c := range []struct {
			chat acd.ChatID
			want string
		}{{gone, "erased: "}, {kept, "my other secret"}} {
			var got []string
			if err := w.engine.Past().Transcript(c.chat, func(m acd.Message) error {
				if m.Erased {
					m.Text = "erased: " + m.Text
				}
				got = append(got, m.Text)
				return nil
			}); err != nil || strings.Join(got, "|") != c.want {
				t.Errorf("%s has %q (%v)", c.chat, got, err)
			}
		}
		if w.holds("my secret") {
			t.Error("the text lies open in the store")
		}
	})
}

func TestNotesThatComeAfterAnErasureBringNothingBackAndHideNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		ann.says(chat, "my secret")
		alice.must(chat.Address(), acd.EndChat{})
		if erased, _, err := w.engine.Erase("ann"); err != nil || len(erased) != 1 {
			t.Fatalf("erased %v, %v", erased, err)
		}
		w.pass(10 * time.Minute) // the chat leaves memory, and its key with it
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved", Notes: "wants a call"})
		w.pass(time.Second)
		lines := 0
		if err := w.engine.Past().Transcript(chat, func(m acd.Message) error {
			if lines++; !m.Erased || m.Text != "" {
				t.Errorf("message %d stands as %q", m.Seq, m.Text)
			}
			return nil
		}); err != nil || lines == 0 {
			t.Errorf("%d lines, %v", lines, err)
		}
		if page, _, err := w.engine.Past().History(actors.Query{}); err != nil || len(page) != 1 || !page[0].Erased {
			t.Errorf("listed as %+v, %v", page, err)
		}
		w.clean()
	})
}

func TestWhatIsToldAgainAfterAnErasureIsToldWithoutItsWords(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann, sue := w.agent("alice"), w.customer("ann"), w.supervisor("sue")
		alice.ready()
		chat := ann.starts()
		alice.accepts()
		sue.must(chat.Address(), acd.Monitor{Mode: acd.Monitoring})
		ann.says(chat, "my secret")
		alice.must(chat.Address(), acd.EndChat{})
		if _, _, err := w.engine.Erase("ann"); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*person{alice, ann, sue} {
			s, welcome, err := w.engine.Open(t.Context(), actors.Hello{Principal: p.by, Resume: true, Epoch: p.welcome.Epoch, Seq: 0, Wake: func() {}, Evict: func(actors.EvictReason) {}})
			if err != nil || !welcome.Resumed {
				t.Fatalf("%s: %+v, %v", p.by.ID, welcome, err)
			}
			messages := 0
			for got := s.Next(nil); len(got) > 0; got = s.Next(nil) {
				for _, d := range got {
					if d.News == nil {
						continue
					}
					if m, ok := d.News.Event.(acd.MessageSent); ok {
						if messages++; m.Message.Text != "" || !m.Message.Erased {
							t.Errorf("%s is told %q again", p.by.ID, m.Message.Text)
						}
					}
				}
			}
			if messages == 0 {
				t.Errorf("%s is told of no message", p.by.ID)
			}
		}
	})
}

// holds looks for a text in every byte of the store.
func (w *world) holds(text string) bool {
	w.t.Helper()
	found := false
	err := w.journal.Scan(nil, nil, func(k, v []byte) error {
		found = found || strings.Contains(string(k)+string(v), text)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.journal.Last(1<<20, func(stream string, _ uint64, b []byte) error {
		_, snapshot, err := w.journal.Snapshot(stream)
		found = found || strings.Contains(string(b), text) || strings.Contains(string(snapshot), text)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func (w *world) now() time.Time { return time.Now().UTC() }
