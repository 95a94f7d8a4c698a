package traces

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

func TestSpansHaveTheTimesOfTheEvents(t *testing.T) {
	w, c := newWorld(t), newCollector()
	f := w.follow(c, nil)
	defer f.Stop()
	alice, bert, ann := w.ready("alice"), w.open(acd.RoleAgent, "bert"), w.open(acd.RoleCustomer, "ann")
	ann.starts("c1")
	alice.accepts()
	ann.must(acd.ChatID("c1").Address(), acd.SendText{Text: "my secret"})
	bert.must(acd.AgentID("bert").Address(), acd.SetPresence{State: acd.Available})
	alice.must(acd.ChatID("c1").Address(), acd.TransferChat{ToAgent: "bert", Mode: acd.Warm, Note: "a word among us"})
	bert.accepts()
	ann.must(acd.ChatID("c1").Address(), acd.EndChat{}) // while alice still wraps up her part
	alice.must(acd.AgentID("alice").Address(), acd.Wrapup{Chat: "c1", Code: "sold", Notes: "a note"})
	bert.must(acd.AgentID("bert").Address(), acd.Wrapup{Chat: "c1", Code: "sold"})

	spans, at := c.of(t, "c1"), w.at("c1")
	want := []struct {
		name, about string
		from, to    time.Time
	}{
		{"offer", "agent=alice kind=queue outcome=accepted queue=sales", at["Offered"][0], at["Accepted"][0]},
		{"wait", "outcome=answered queue=sales", at["Queued"][0], at["Accepted"][0]},
		{"offer", "agent=bert kind=transfer outcome=accepted queue=sales", at["Offered"][1], at["Accepted"][1]},
		{"talk", "agent=alice mode=talk outcome=transferred queue=sales", at["Accepted"][0], at["Left"][0]},
		{"talk", "agent=bert mode=talk outcome=customer queue=sales", at["Accepted"][1], at["ChatEnded"][0]},
		{"wrap-up", "agent=alice outcome=agent queue=sales", at["Left"][0], at["WrapupRecorded"][0]},
		{"wrap-up", "agent=bert outcome=agent queue=sales", at["ChatEnded"][0], at["WrapupRecorded"][1]},
		{"chat", "channel=livechat chat=c1 outcome=customer queue=sales source=web", at["ChatStarted"][0], at["ChatClosed"][0]},
	}
	if len(spans) != len(want) {
		t.Fatalf("the spans are %s", names(spans))
	}
	root := spans[len(spans)-1]
	for i, s := range spans {
		x := want[i]
		if s.Name() != x.name || said(s) != x.about || !s.StartTime().Equal(x.from) || !s.EndTime().Equal(x.to) {
			t.Errorf("span %d is %s %s from %v to %v, want %+v", i, s.Name(), said(s), s.StartTime(), s.EndTime(), x)
		}
		if s != root && s.Parent().SpanID() != root.SpanContext().SpanID() || s == root && s.Parent().IsValid() {
			t.Errorf("%s stands in %v", s.Name(), s.Parent())
		}
		if about := fmt.Sprint(s.Attributes(), s.Events()); strings.Contains(about, "secret") || strings.Contains(about, "private") ||
			strings.Contains(about, "note") || strings.Contains(about, "word") || strings.Contains(about, "ann") && !strings.Contains(about, "channel") {
			t.Errorf("%s tells %s", s.Name(), about)
		}
		if r := s.Resource().String(); !strings.Contains(r, "service.version=v1.2.3") || !strings.Contains(r, "service.name=parley") {
			t.Errorf("the resource is %s", r)
		}
	}
	if e := root.Events(); len(e) != 2 || e[0].Name != "transfer started" || !e[0].Time.Equal(at["TransferStarted"][0]) ||
		e[1].Name != "transfer done" || !e[1].Time.Equal(at["TransferDone"][0]) {
		t.Errorf("its events are %+v", e)
	}
}

func TestARestartGoesOnWithoutDuplicates(t *testing.T) {
	w, c := newWorld(t), newCollector()
	f := w.follow(c, nil)
	alice, ann := w.ready("alice"), w.open(acd.RoleCustomer, "ann")
	ann.starts("c1")
	alice.accepts()
	c.until(t, func() bool { return len(c.spans) == 2 })
	f.Stop()
	alice.must(acd.ChatID("c1").Address(), acd.EndChat{}) // while nobody follows
	w.engine.Stop()
	w.begin()
	f = w.follow(c, nil)
	defer f.Stop()
	alice = w.open(acd.RoleAgent, "alice")
	alice.must(acd.AgentID("alice").Address(), acd.Wrapup{Chat: "c1", Code: "sold"})
	spans, at := c.of(t, "c1"), w.at("c1")
	if names(spans) != "offer wait talk wrap-up chat" {
		t.Fatalf("the spans are %s", names(spans))
	}
	if talk, root := spans[2], spans[4]; !talk.StartTime().Equal(at["Accepted"][0]) || !talk.EndTime().Equal(at["ChatEnded"][0]) ||
		!root.StartTime().Equal(at["ChatStarted"][0]) || spans[0].Parent().SpanID() != root.SpanContext().SpanID() {
		t.Errorf("the talk is %v to %v, the chat from %v", talk.StartTime(), talk.EndTime(), root.StartTime())
	}
}

func TestAfterACrashTheSameSpansHaveTheSameIDs(t *testing.T) {
	w, c := newWorld(t), newCollector()
	first := w.follow(c, nil)
	ann := w.open(acd.RoleCustomer, "ann")
	ann.starts("c1")
	ann.must(acd.ChatID("c1").Address(), acd.EndChat{})
	spans := c.of(t, "c1")
	first.Stop()
	other := newCollector()
	if err := w.engine.Shelf(shelfPart).Put(actors.Kept{Key: placeKey, Value: []byte(`{}`)}); err != nil { // as it was before
		t.Fatal(err)
	}
	second := w.follow(other, nil)
	defer second.Stop()
	repeated := other.of(t, "c1")
	if len(repeated) != len(spans) {
		t.Fatalf("%s became %s", names(spans), names(repeated))
	}
	for i := range spans {
		if spans[i].SpanContext().SpanID() != repeated[i].SpanContext().SpanID() || spans[i].Name() != repeated[i].Name() {
			t.Errorf("%s is %v and then %v", spans[i].Name(), spans[i].SpanContext(), repeated[i].SpanContext())
		}
	}
}

func TestACollectorThatIsAwayGetsEverySpanLater(t *testing.T) {
	w, c := newWorld(t), newCollector()
	c.away(true)
	f := w.follow(c, nil)
	defer f.Stop()
	ann := w.open(acd.RoleCustomer, "ann")
	for i := range 20 {
		chat := acd.ChatID(fmt.Sprintf("c%d", i))
		ann.starts(chat) // the engine does not wait
		ann.must(chat.Address(), acd.EndChat{})
	}
	c.until(t, func() bool { return c.refused > 2 })
	c.away(false)
	for i := range 20 {
		if spans := c.of(t, acd.ChatID(fmt.Sprintf("c%d", i))); names(spans) != "wait chat" {
			t.Errorf("the spans of chat %d are %s", i, names(spans))
		}
	}
}

func TestSpansThatNobodyTakesForLongAreDropped(t *testing.T) {
	w, c := newWorld(t), newCollector()
	c.away(true)
	f := w.follow(c, func(o *Options) { o.GiveUp = time.Nanosecond })
	defer f.Stop()
	ann := w.open(acd.RoleCustomer, "ann")
	ann.starts("c1")
	ann.must(acd.ChatID("c1").Address(), acd.EndChat{})
	c.until(t, func() bool { return c.refused > 0 })
	c.away(false)
	ann.starts("c2")
	ann.must(acd.ChatID("c2").Address(), acd.EndChat{})
	c.of(t, "c2")
	if f.dropped.Get() == 0 {
		t.Error("none is counted")
	}
}

func TestASampleFollowsFromTheChatsAlone(t *testing.T) {
	w, c := newWorld(t), newCollector()
	f := w.follow(c, func(o *Options) { o.Sample = 0.5 })
	defer f.Stop()
	ann := w.open(acd.RoleCustomer, "ann")
	var traced []acd.ChatID
	for i := range 40 {
		chat := acd.ChatID(fmt.Sprintf("c%d", i))
		ann.starts(chat)
		ann.must(chat.Address(), acd.EndChat{})
		if id := TraceID(chat); id[8]&0x80 == 0 { // the lower half of what the standard's sampler looks at
			traced = append(traced, chat)
		}
	}
	for _, chat := range traced {
		c.of(t, chat)
	}
	if n := len(c.spans); n != 2*len(traced) || n == 0 || n == 80 {
		t.Errorf("%d spans of %d chats", n, len(traced))
	}
}

func TestOTLPGoesToTheEndpointWithItsHeaders(t *testing.T) {
	w := newWorld(t)
	asked := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		asked <- fmt.Sprintf("%s %s %s %s %t %v", r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("X-Key"), n > 0, err)
	}))
	defer server.Close()
	f, err := Start(t.Context(), Options{Engine: w.engine, Endpoint: server.URL, Headers: map[string]string{"X-Key": "open"}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Stop()
	w.open(acd.RoleCustomer, "ann").starts("c1")
	ann := w.open(acd.RoleCustomer, "ann")
	ann.must(acd.ChatID("c1").Address(), acd.EndChat{})
	if got := <-asked; got != "POST /v1/traces application/x-protobuf open true <nil>" {
		t.Errorf("the collector is asked %s", got)
	}
}

func TestWithoutAPlaceToSendToNothingIsAllocated(t *testing.T) {
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		f, err := Start(ctx, Options{})
		if f != nil || err != nil {
			t.Fatalf("it is %v, %v", f, err)
		}
		f.Stop()
	}); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	_, err := Start(t.Context(), Options{Endpoint: "collector:4318", Sample: 2, Chats: -1})
	for _, want := range []string{"Engine", "Endpoint", "Sample", "Chats"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
