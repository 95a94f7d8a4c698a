package outbound

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// restarted is what there is once the node has started on a restored store: it
// lets those be away who were there.
const restarted = KindRestored + " chat.customer_away"

// copied is a world, the place of its last event that its backup has, and the
// events that came after the backup.
type copied struct {
	*world
	kept string
	lost []seen
	fs   vfs.FS
}

// newCopied has a backup taken in the middle of a chat.
func newCopied(t *testing.T, at ...func(*world)) *copied {
	t.Helper()
	fs := vfs.NewMem()
	store, err := persistence.Open("data", persistence.Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, journal: store, options: quick()}
	w.begin()
	t.Cleanup(func() { w.end() })
	for _, begin := range at {
		begin(w)
	}
	ann := w.customer("ann")
	chat := ann.starts("sales", "in the backup")
	before := w.all("")
	if err := store.Checkpoint("copy"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		ann.must(chat.Address(), acd.SendText{Text: fmt.Sprint("lost ", i)})
	}
	kept := before[len(before)-1].ID
	lost, _ := w.lines("limit=1000&after=" + kept)
	if len(lost) != 5 {
		t.Fatalf("after the backup came %s", kindsOf(lost))
	}
	return &copied{w, kept, lost, fs}
}

// restore goes on with the backup, as parley restore does.
func (c *copied) restore(now time.Time) { c.restoreFrom("copy", now) }

func (c *copied) restoreFrom(folder string, now time.Time) {
	c.t.Helper()
	c.end()
	store, err := persistence.Open(folder, persistence.Options{FS: c.fs})
	if err != nil {
		c.t.Fatal(err)
	}
	epoch, kept, base, err := store.Renew(now)
	if err == nil {
		err = actors.MarkRestored(store, actors.Restored{Epoch: epoch, Kept: kept, Base: base})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.journal = store
	c.begin()
	late := time.After(20 * time.Second)
	for { // until the node has found that the customer of before is gone
		if all, _ := c.lines("limit=1000"); strings.HasSuffix(kindsOf(all), restarted) {
			return
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-late:
			c.t.Fatal("the customer of before is not found to be gone")
		}
	}
}

// TestNoEventAfterARestoreHasTheIDOfOneThatWasLostWithIt: receivers drop what
// has an id that they know.
func TestNoEventAfterARestoreHasTheIDOfOneThatWasLostWithIt(t *testing.T) {
	for name, now := range map[string]time.Time{"in time": time.Now(), "with the clock set back": time.Unix(1000, 0)} {
		t.Run(name, func(t *testing.T) {
			c := newCopied(t)
			last := c.lost[len(c.lost)-1].ID
			c.restore(now)
			c.customer("bob").starts("support", "new", "newer", "newest", "and more", "and yet more")
			fresh, _ := c.lines("limit=1000&after=" + last)
			if got := kindsOf(fresh); got != restarted+" chat.started chat.queued"+strings.Repeat(" chat.message_sent", 5) {
				t.Fatalf("who has seen all that was lost gets %s", got)
			}
			if at := fresh[0].Data; at["kept_up_to"] == nil || at["kept_up_to"].(string) < c.kept || at["kept_up_to"].(string) >= c.lost[0].ID || at["resumes_behind"] != fresh[0].ID {
				t.Errorf("he is told %v; the backup ends with %s, %s was lost", at, c.kept, c.lost[0].ID)
			}
			given := map[string]bool{}
			for _, e := range append(c.lost, fresh...) {
				if given[e.ID] {
					t.Errorf("%s is given twice", e.ID)
				}
				given[e.ID] = true
			}
			if told, _ := c.lines("limit=1000&after=" + fresh[0].ID); kindsOf(told) != kindsOf(fresh[1:]) {
				t.Errorf("once he is told he gets %s", kindsOf(told))
			}
			if since, _ := c.lines("limit=1000&after=" + c.kept); kindsOf(since) != kindsOf(fresh) {
				t.Errorf("who stands at the end of the backup gets %s", kindsOf(since))
			}
		})
	}
}

// TestASecondRestoreOfOneBackupGivesOtherPlacesThanTheFirst, and who has missed
// both is told of the last, which is all that there is in the journal.
func TestASecondRestoreOfOneBackupGivesOtherPlacesThanTheFirst(t *testing.T) {
	c := newCopied(t)
	again := c.fs.PathJoin("again")
	if ok, err := vfs.Clone(c.fs, c.fs, "copy", again); err != nil || !ok {
		t.Fatal(ok, err)
	}
	c.restore(time.Now())
	c.customer("bob").starts("support")
	first, _ := c.lines("after=" + c.lost[len(c.lost)-1].ID)
	c.restoreFrom(again, time.Now())
	c.customer("bob").starts("support")
	second, _ := c.lines("after=" + first[len(first)-1].ID)
	if kindsOf(second) != restarted+" chat.started chat.queued" {
		t.Errorf("there is %s", kindsOf(second))
	}
}

// TestAWebhookGetsAllThatIsNewAfterARestoreOncePerID although its receiver has
// taken more than the backup knows of, and drops what he knows.
func TestAWebhookGetsAllThatIsNewAfterARestoreOncePerID(t *testing.T) {
	r := newReceiver(t, takesAll)
	c := newCopied(t, func(w *world) { w.hookTo(r, WebhookSpec{}, "start") })
	r.has(len(c.all("")))
	c.restore(time.Now())
	c.customer("bob").starts("support", "new", "newer", "newest")
	want := c.all("after=" + c.lost[len(c.lost)-1].ID)
	if got := kindsOf(want); got != restarted+" chat.started chat.queued"+strings.Repeat(" chat.message_sent", 3) {
		t.Fatalf("the order has %s", got)
	}
	r.until("what is new", func(got intake) bool { return got.all(want) })
}
