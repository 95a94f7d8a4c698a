package actors_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

// readNotes is a journal that notes what is read of chats and of a customer's last
// ones.
type readNotes struct {
	actors.Journal
	mu   sync.Mutex
	what []string
}

func (j *readNotes) note(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.what = append(j.what, what)
}

// taken returns what has been read since the last time.
func (j *readNotes) taken() (what []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	what, j.what = j.what, nil
	return what
}

// Get implements actors.Journal.
func (j *readNotes) Get(key []byte) ([]byte, error) {
	if key[0] == 's' || key[0] == 'n' {
		j.note(string(key))
	}
	return j.Journal.Get(key)
}

// Snapshot implements actors.Journal.
func (j *readNotes) Snapshot(stream string) (uint64, []byte, error) {
	if strings.HasPrefix(stream, "chat/") {
		j.note(stream)
	}
	return j.Journal.Snapshot(stream)
}

func TestAStartReadsOfItsCustomerOnceAndOfItsChatNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		reads := &readNotes{}
		w.wrap = func(j actors.Journal) actors.Journal { reads.Journal = j; return reads }
		w.crash()
		alice, ann := w.agent("alice"), w.customer("ann")
		alice.ready()
		first := w.lives(alice, ann, "hello")
		if got := reads.taken(); len(got) != 2 || got[0] != "sann\x00" || got[1] != "nann\x00" {
			t.Errorf("the first start has read %q, expected her last chats alone", got)
		}
		w.lives(alice, ann, "again")
		if got := reads.taken(); len(got) > 0 {
			t.Errorf("the second start has read %q", got)
		}
		w.crash()
		ann = w.customer("ann")
		ann.do(first.Address(), acd.EndChat{}) // which is over: its actor has to look
		if got := reads.taken(); len(got) != 1 || got[0] != first.Address().String() {
			t.Errorf("a chat that is called again has read %q", got)
		}
	})
}
