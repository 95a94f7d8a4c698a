package actors_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestASnapshotWaitsForTheDiskAndMissesNothingMeanwhile(t *testing.T) {
	inLateWorld(t, func(w *world, journal *late, _ *atomic.Bool) {
		ann := w.customer("ann")
		chat := ann.starts()
		first := ann.says(chat, "one")
		var session *actors.Session
		var welcome actors.Welcome
		opened := make(chan error, 1)
		journal.hold(true)
		go func() {
			var err error
			session, welcome, err = w.engine.Open(context.Background(), actors.Hello{Principal: ann.by, Wake: func() {}, Evict: func(actors.EvictReason) {}})
			opened <- err
		}()
		synctest.Wait()
		select {
		case err := <-opened:
			t.Fatalf("a snapshot was shown while nothing reached the disk: %v", err)
		default:
		}
		cmd := acd.SendText{Text: "two"}
		ann.session.Do("two", digestOf(cmd), chat.Address(), cmd)
		synctest.Wait()
		journal.hold(false)
		if err := <-opened; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		shown := welcome.Snapshot.Chats[0].Messages
		told := session.Next(nil)
		if !slices.ContainsFunc(told, func(d actors.Delivery) bool { return d.Seq == welcome.Seq+1 }) || uint64(len(shown)) != first {
			t.Errorf("the snapshot at %d has %d messages, and %d events follow it; expected %d and the one that came meanwhile", welcome.Seq, len(shown), len(told), first)
		}
		session.Close("")
	})
}
