package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/client"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/wire"
)

// firstOfferWithin is how soon after the process's start somebody is offered,
// with 100,000 chats in the store.
const firstOfferWithin = 3 * time.Second

// TestAStoreOfManyLiveChatsOffersSoonAfterTheStart fills a store with chats that
// wait, starts the real process on it and signs an agent in.
func TestAStoreOfManyLiveChatsOffersSoonAfterTheStart(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	patient := strings.Replace(killConfig, "waiting: 2s", "waiting: 1h", 1) // nobody comes back, and nobody is to be given up
	if patient == killConfig {
		t.Fatal("the grace of who waits is written in another way")
	}
	write(t, s.path("parley.yaml"), patient)
	many := rounds(5_000, 100_000)
	fillStore(t, s, many)
	token, err := transport.MintDev(s.secret, acd.RoleAgent, "alice", "Alice", 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	shipped(t) // is built before the clock runs
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	began := time.Now()
	s.start()
	s.serving()
	listening := time.Since(began)
	alice, err := client.Dial(ctx, client.Options{URL: "ws://" + s.address + "/v1/ws", Token: token})
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	if _, err := alice.Do(ctx, &wire.SetPresence{ID: "here", State: wire.ChooseAvailable}); err != nil {
		t.Fatal(err)
	}
	for {
		got, err := alice.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, is := got.Event.(*wire.OfferEvent); is {
			break
		}
	}
	took := time.Since(began)
	t.Logf("with %d live chats the process listened after %s and offered after %s", many, listening.Round(time.Millisecond), took.Round(time.Millisecond))
	if thorough && took > firstOfferWithin {
		t.Errorf("the first offer came %s after the start, expected at most %s", took, firstOfferWithin)
	}
	(&figures{Test: t.Name(), Chats: many, Kills: 0, Troubles: 1, FirstOfferS: took.Seconds()}).tell(t)
}

// fillStore lets customers start chats in a store that no process holds yet.
func fillStore(t *testing.T, s *server, many int) {
	t.Helper()
	settings, err := config.Load(s.path("parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := persistence.Open(s.path("data"), persistence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := actors.New(actors.Options{Journal: store, Config: settings.Engine})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, 64)
	slots := make(chan struct{}, 256)
	go func() {
		for i := range many {
			slots <- struct{}{}
			go func() {
				answers <- waits(t.Context(), engine, i)
				<-slots
			}()
		}
	}()
	for range many {
		if err := <-answers; err != nil {
			t.Fatal(err)
		}
	}
	engine.Stop()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// waits opens a chat of a customer of its own.
func waits(ctx context.Context, engine *actors.Engine, i int) error {
	there := make(chan struct{}, 1)
	session, _, err := engine.Open(ctx, actors.Hello{
		Principal: acd.Principal{Role: acd.RoleCustomer, ID: fmt.Sprintf("c%d", i)},
		Wake: func() {
			select {
			case there <- struct{}{}:
			default:
			}
		},
		Evict: func(actors.EvictReason) {},
	})
	if err != nil {
		return err
	}
	chat := acd.ChatID(fmt.Sprintf("chat%d", i))
	session.Do("start", uint64(i), acd.QueueID("support").Address(), acd.Start{Chat: chat, Source: "web", Queue: "support"})
	for {
		for _, d := range session.Next(nil) {
			if d.Answer == nil {
				continue
			}
			if d.Answer.Refusal != nil {
				return fmt.Errorf("start of %s: %w", chat, d.Answer.Refusal)
			}
			return nil
		}
		select {
		case <-there:
		case <-time.After(5 * patience): // others may keep the disk busy
			return errors.New("no answer to a start")
		}
	}
}
