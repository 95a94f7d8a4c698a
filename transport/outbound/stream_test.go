package outbound

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

func TestAnEventIsACloudEventWithItsPlaceInTheOrder(t *testing.T) {
	w := newWorld(t, Options{Source: "/parley/berlin"})
	chat := w.customer("ann").starts("sales", "hello")
	events := w.all("")
	if got := kindsOf(events); got != "chat.started chat.queued chat.message_sent" {
		t.Fatalf("the events are %s", got)
	}
	for i, e := range events {
		if e.SpecVersion != "1.0" || e.Source != "/parley/berlin" || e.Subject != "chat/"+string(chat) || e.PartitionKey != e.Subject ||
			e.Sequence != e.ID || e.Queue != "sales" || e.Record == 0 {
			t.Errorf("event %d is %+v", i, e)
		}
		if _, err := time.Parse(time.RFC3339, e.Time); err != nil {
			t.Errorf("event %d: %v", i, err)
		}
		if i > 0 && e.ID <= events[i-1].ID {
			t.Errorf("event %s comes after %s", e.ID, events[i-1].ID)
		}
	}
	if who := events[2].Actor; who != "customer/ann" {
		t.Errorf("the message is %s's", who)
	}
}

func TestPagesOfAnySizeAreTheWholeOrder(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 4 {
		w.customer(fmt.Sprint("c", i)).starts("sales", "one", "two")
	}
	want := kindsOf(w.all(""))
	for _, limit := range []int{1, 2, 3, 7} {
		var got []seen
		next := "start"
		for range 100 {
			var page []seen
			page, next = w.lines(fmt.Sprintf("limit=%d&after=%s", limit, next))
			if len(page) == 0 {
				break
			}
			if len(page) > limit {
				t.Fatalf("a page of %d has %d events", limit, len(page))
			}
			got = append(got, page...)
		}
		if kindsOf(got) != want {
			t.Errorf("in pages of %d:\n%s\nat once:\n%s", limit, kindsOf(got), want)
		}
	}
}

func TestAStreamThatIsCutAndResumedBringsEachEventOnce(t *testing.T) {
	w := newWorld(t, Options{})
	ann := w.customer("ann")
	chat := ann.starts("sales")
	done := make(chan struct{})
	go func() { // while it is read
		defer close(done)
		for i := range 40 {
			ann.must(chat.Address(), acd.SendText{Text: fmt.Sprint("line ", i)})
		}
	}()
	var ids []string
	last := ""
	for cut := 1; len(ids) < 42; cut = cut%5 + 1 {
		in, closed := w.follow("", "Accept", typeSSE, "Last-Event-ID", last)
		for i := 0; i < cut && len(ids) < 42; i++ {
			for in.Scan() && !strings.HasPrefix(in.Text(), "id: ") {
			}
			last = strings.TrimPrefix(in.Text(), "id: ")
			ids = append(ids, last)
		}
		closed()
	}
	<-done
	var want []string
	for _, e := range w.all("") {
		want = append(want, e.ID)
	}
	if strings.Join(ids, "\n") != strings.Join(want, "\n") {
		t.Errorf("resumed:\n%v\nat once:\n%v", ids, want)
	}
}

func TestAQuietStreamBeatsWithWhereItIs(t *testing.T) {
	w := newWorld(t, Options{Beat: 20 * time.Millisecond})
	w.customer("ann").starts("sales")
	in, closed := w.follow("after=now&kinds=agent.*", "Accept", typeSSE)
	defer closed()
	var beat string
	for in.Scan() && in.Text() != ": beat" {
		beat = in.Text()
	}
	_, next := w.lines("limit=1000")
	if beat != "id: "+next {
		t.Errorf("the beat says %q, the end is %s", beat, next)
	}
}

func TestWhoWaitsForAPageIsAnsweredWhenSomethingHappens(t *testing.T) {
	w := newWorld(t, Options{})
	ann := w.customer("ann")
	_, end := w.lines("limit=1000")
	got := make(chan string, 1)
	go func() {
		var body string
		defer func() { got <- body }() // whatever becomes of it
		_, _, body = w.get("wait=60&after="+end, "Accept", typeLines)
	}()
	chat := ann.starts("sales")
	if body := <-got; !strings.Contains(body, string(chat)) {
		t.Errorf("the page is %q", body)
	}
}

func TestFiltersChooseByKindQueueChatAndAgent(t *testing.T) {
	w := newWorld(t, Options{})
	alice := w.open(acd.Principal{Role: acd.RoleAgent, ID: "alice"})
	alice.must(acd.AgentID("alice").Address(), acd.SetPresence{State: acd.NotReady})
	first := w.customer("ann").starts("sales", "hello")
	w.customer("bob").starts("support", "hello")
	for _, tt := range []struct{ query, want string }{
		{"queues=support", "chat.started chat.queued chat.message_sent"},
		{"queues=support&kinds=chat.message_sent", "chat.message_sent"},
		{"kinds=chat.started,parley.chat.queued", "chat.started chat.queued chat.started chat.queued"},
		{"chats=" + string(first), "chat.started chat.queued chat.message_sent"},
		{"agents=alice&kinds=agent.presence_set", "agent.presence_set"},
		{"kinds=agent.*&chats=" + string(first), ""},
		{"kinds=*&queues=none", ""},
	} {
		if got := kindsOf(w.all(tt.query)); got != tt.want {
			t.Errorf("%s brings %q, expected %q", tt.query, got, tt.want)
		}
	}
}

func TestWordsLeaveOnlyForWhoAsksForThemAndWhileTheyCanBeRead(t *testing.T) {
	w := newWorld(t, Options{})
	ann := w.customer("ann")
	chat := ann.starts("sales", "a canary")
	secrets := []string{"a canary", "Name of ann", "a private matter"}
	says := func(query string, want bool) {
		t.Helper()
		_, _, body := w.get("limit=1000&" + query)
		for _, s := range secrets {
			if strings.Contains(body, s) != want {
				t.Errorf("%q: %q is in it: %t", query, s, !want)
			}
		}
	}
	says("", false)
	says("words=true", true)
	ann.must(chat.Address(), acd.EndChat{})
	if _, _, err := w.engine.Erase("ann"); err != nil {
		t.Fatal(err)
	}
	says("words=true", false)
}

func TestWhoComesBackTooLateIsToldOfTheGap(t *testing.T) {
	store, err := persistence.Open("data", persistence.Options{FS: vfs.NewMem(), OrderKept: 20, BatchSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, journal: store}
	w.begin()
	t.Cleanup(w.end)
	ann := w.customer("ann")
	chat := ann.starts("sales")
	_, early := w.lines("limit=2")
	for i := range 60 {
		ann.must(chat.Address(), acd.SendText{Text: fmt.Sprint("line ", i)})
	}
	events, next := w.lines("limit=1000&after=" + early)
	if events[0].Type != typePrefix+KindGap || events[0].Data["seen"] != early || events[0].Data["resumes_behind"] != events[0].ID {
		t.Fatalf("the first of %d events is %+v", len(events), events[0])
	}
	if again, _ := w.lines("limit=1000&after=" + events[0].ID); kindsOf(again) != kindsOf(events[1:]) {
		t.Errorf("behind the gap there is %s, expected %s", kindsOf(again), kindsOf(events[1:]))
	}
	if rest, _ := w.lines("after=" + next); len(rest) != 0 {
		t.Errorf("at the end there is %s", kindsOf(rest))
	}
}

func TestAWrongRequestIsNamed(t *testing.T) {
	w := newWorld(t, Options{Streams: 1})
	for _, tt := range []struct{ query, last, want string }{
		{"after=7", "", "query.after"}, {"after=ffffffffffffffff-0000", "", "behind the last event"},
		{"", "00000000000000ZZ-0000", "header.Last-Event-ID"}, {"kinds=chat.exploded", "", "kinds[0]"}, {"limit=0", "", "query.limit"},
		{"limit=1001", "", "query.limit"}, {"wait=-1", "", "query.wait"}, {"follow=yes", "", "query.follow"}, {"words=1", "", "query.words"},
		{"queues=" + strings.Repeat("q,", 101), "", "at most 100"},
	} {
		status, _, body := w.get(tt.query, "Last-Event-ID", tt.last)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, tt.want) {
			t.Errorf("%s is answered with %d %s, expected %q in it", tt.query, status, body, tt.want)
		}
	}
	_, closed := w.follow("follow=true")
	defer closed()
	if status, _, body := w.get("follow=true"); status == http.StatusOK {
		t.Errorf("one stream more than there may be is answered with %d %s", status, body)
	}
}

func TestNobodyTakesAllStreamsFromTheOthers(t *testing.T) {
	w := newWorld(t, Options{Streams: 3, StreamsEach: 2})
	_, first := w.follow("follow=true", "Test-By", "sue")
	_, second := w.follow("follow=true", "Test-By", "sue")
	defer second()
	if status, _, _ := w.get("follow=true", "Test-By", "sue"); status == http.StatusOK {
		t.Error("one principal has a third stream of two")
	}
	_, other := w.follow("follow=true", "Test-By", "root")
	defer other()
	if status, _, _ := w.get("follow=true", "Test-By", "max"); status == http.StatusOK {
		t.Error("there is a fourth stream of three")
	}
	first()
	for w.out.streams.count() == 3 { // until the server has noticed
		runtime.Gosched()
	}
	_, again := w.follow("follow=true", "Test-By", "sue")
	again()
}

func FuzzACursorIsReadAsItWasWritten(f *testing.F) {
	for _, text := range []string{"", "start", "00000000000020a1-0000", "00000000000020A1-0000", "+0000000000020a1-0000", "00000000000020a1-ffff", "00000000000020a1_0000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCursor(text)
		switch {
		case err == nil && c.String() != text:
			t.Errorf("%q is read as %s", text, c)
		case err != nil && c != Cursor{}:
			t.Errorf("%q is refused and read as %s", text, c)
		}
	})
}
