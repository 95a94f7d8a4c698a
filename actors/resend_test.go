package actors_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestAStartThatIsSentAgainAfterItsChatHasEndedOpensNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		starts := map[string]acd.Start{}
		for _, id := range []string{"first", "second", "third"} {
			starts[id] = acd.Start{Chat: acd.ChatID(id), Source: "web", Queue: "support"}
			ann.doAs(id, acd.QueueID("support").Address(), starts[id])
			ann.must(acd.ChatID(id).Address(), acd.EndChat{})
		}
		for id, start := range starts {
			if a := ann.doAs(id, acd.QueueID("support").Address(), start); a.Result.Chat != start.Chat {
				t.Fatalf("sent again, %s is answered with %+v", id, a)
			}
		}
		ann.starts()
		if chats := w.customer("ann").welcome.Snapshot.Chats; len(chats) != 1 {
			t.Errorf("ann has %d chats, expected the one that is open", len(chats))
		}
	})
}

// lookups counts who asks the journal for the outcome of a command.
type lookups struct {
	actors.Journal
	commands int
	broken   error
}

// Get implements actors.Journal.
func (l *lookups) Get(key []byte) ([]byte, error) {
	if key[0] == 'c' {
		l.commands++
		if l.broken != nil {
			return nil, l.broken
		}
	}
	return l.Journal.Get(key)
}

func TestOnlyACommandThatMayHaveBeenAnsweredIsLookedForOnDisk(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		chat := ann.starts()
		first := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"})
		w.crash()

		disk := &lookups{Journal: w.journal}
		w.engine.Stop()
		w.wrap = func(actors.Journal) actors.Journal { return disk }
		w.start()
		ann = w.customer("ann")
		ann.must(chat.Address(), acd.SendText{Text: "twice"})
		if disk.commands != 0 {
			t.Errorf("a new command was looked for %d times", disk.commands)
		}
		again := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"})
		if disk.commands == 0 || again.Result != first.Result {
			t.Errorf("sent again after the crash: %+v after %d looks at the disk, at first %+v", again.Result, disk.commands, first.Result)
		}
		if other := ann.doAs("said", chat.Address(), acd.SendText{Text: "other"}); other.Refusal != actors.ErrDuplicateConflict {
			t.Errorf("another command under the same id: %+v", other)
		}
	})
}

func TestAStartThatWasRefusedForTooManyChatsIsRefusedAgainWhenItIsSentAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opts.CustomerChats = 1
		w.crash()
		ann := w.customer("ann")
		first := ann.starts()
		start := acd.Start{Chat: "second", Source: "web", Queue: "support"}
		if a := ann.doAs("again", acd.QueueID("support").Address(), start); a.Refusal == nil || a.Refusal.Code != "capacity" {
			t.Fatalf("a second chat is answered with %+v", a)
		}
		ann.must(first.Address(), acd.EndChat{})
		if a := ann.doAs("again", acd.QueueID("support").Address(), start); a.Refusal == nil || a.Refusal.Code != "capacity" {
			t.Errorf("sent again when there is room, the same command is answered with %+v", a)
		}
	})
}

func TestAClockThatIsSetBackBetweenLivesGivesNoNumberTwice(t *testing.T) {
	inWorld(t, func(w *world) {
		ahead := time.Hour
		w.opts.ResumeDesk = time.Minute
		w.opts.Now = func() time.Time { return time.Now().Add(ahead) }
		w.crash()
		alice := w.agent("alice")
		alice.ready()
		alice.read()
		ahead = 0
		w.crash()
		alice = alice.again()
		alice.must(alice.desk(), acd.SetPresence{State: acd.NotReady})
		alice.read()
		epoch, seq := alice.epoch, alice.seq
		w.pass(2 * time.Minute)
		w.crash()
		again := alice.again()
		if again.epoch == epoch && again.seq < seq {
			t.Errorf("after number %d of epoch %s the stream is at %d again", seq, epoch, again.seq)
		}
	})
}

func TestACommandSentAgainAfterTheClockWasSetBackOverMidnightHasNoSecondEffect(t *testing.T) {
	inWorld(t, func(w *world) {
		midnight := time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		clock := time.Until(midnight.Add(time.Minute))
		w.opts.Now = func() time.Time { return time.Now().Add(clock) }
		w.crash()
		ann := w.customer("ann")
		chat := ann.starts()
		first := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"})
		clock -= 2 * time.Minute
		w.crash()
		ann = ann.again()
		if again := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"}); again.Result != first.Result {
			t.Errorf("sent again, it is answered with %+v, at first with %+v", again.Result, first.Result)
		}
	})
}

// A disk that cannot be read leaves it open whether a command was carried out.
// "Nothing changed" would be a guess, and the command might be carried out twice.
func TestWhatCannotBeLookedUpIsNotAnswered(t *testing.T) {
	inWorld(t, func(w *world) {
		ann := w.customer("ann")
		chat := ann.starts()
		first := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"})
		disk := &lookups{Journal: w.journal}
		w.wrap = func(actors.Journal) actors.Journal { return disk }
		w.engine.Stop()
		w.start()
		ann = w.customer("ann")
		disk.broken = errors.New("the disk cannot be read")
		ann.session.Do("said", digestOf(acd.SendText{Text: "once"}), chat.Address(), acd.SendText{Text: "once"})
		ann.read()
		if a := ann.answers["said"]; a != nil || ann.evicted != actors.EvictFailed {
			t.Errorf("answered with %+v, sent away for %q", a, ann.evicted)
		}
		disk.broken = nil
		ann.session.Close("")
		ann = ann.again()
		if again := ann.doAs("said", chat.Address(), acd.SendText{Text: "once"}); again.Result != first.Result {
			t.Errorf("when he is back: %+v, at first %+v", again, first.Result)
		}
	})
}
