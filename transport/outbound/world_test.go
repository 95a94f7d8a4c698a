package outbound

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// world is an engine with people, and what leaves it.
type world struct {
	t       *testing.T
	journal interface {
		actors.Journal
		Close() error
	}
	engine   *actors.Engine
	out      *Outbound
	options  Options
	server   *httptest.Server
	chats    int
	commands int
}

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	w := &world{t: t, journal: persistence.NewMemory(), options: o}
	w.begin()
	t.Cleanup(w.end)
	return w
}

func (w *world) begin() {
	w.t.Helper()
	queue := func(id acd.QueueID) *acd.QueuePolicy { return &acd.QueuePolicy{ID: id, Name: string(id)} }
	agent := &acd.AgentProfile{ID: "alice", Name: "Alice", Queues: []acd.QueueID{"sales"}, Capacity: 8}
	engine, err := actors.New(actors.Options{Journal: w.journal, CustomerChats: 1000, RecoveryHold: -1, Config: &acd.Config{
		Queues:   map[acd.QueueID]*acd.QueuePolicy{"sales": queue("sales"), "support": queue("support")},
		Agents:   map[acd.AgentID]*acd.AgentProfile{"alice": agent},
		Sources:  map[acd.SourceID]*acd.Source{"web": {ID: "web", Channel: "livechat", Queue: "sales"}},
		Channels: map[acd.Channel]*acd.ChannelPolicy{"livechat": {}},
	}})
	if err == nil {
		err = engine.Start(context.Background())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine, w.options.Engine = engine, engine
	if w.out, err = New(w.options); err != nil {
		w.t.Fatal(err)
	}
	if err := w.out.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q, err := ReadRequest(r)
		q.By.ID = r.Header.Get("Test-By")
		if err == nil {
			err = w.out.Serve(rw, r, q, func(context.Context) error { return nil })
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusUnprocessableEntity)
		}
	}))
}

func (w *world) end() {
	w.out.Stop()
	w.server.CloseClientConnections()
	w.server.Close()
	w.engine.Stop()
	if err := w.journal.Close(); err != nil {
		w.t.Error(err)
	}
}

// person is one session.
type person struct {
	w       *world
	session *actors.Session
	woken   chan struct{}
	offers  []acd.Offered
}

func (w *world) customer(id string) *person {
	return w.open(acd.Principal{Role: acd.RoleCustomer, ID: id, Name: "Name of " + id})
}

func (w *world) open(by acd.Principal) *person {
	w.t.Helper()
	p := &person{w: w, woken: make(chan struct{}, 1)}
	var err error
	p.session, _, err = w.engine.Open(context.Background(), actors.Hello{Principal: by, Alerting: true, Evict: func(actors.EvictReason) {}, Wake: func() {
		select {
		case p.woken <- struct{}{}:
		default:
		}
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// take waits until what the person is told has something in it.
func (p *person) take(found func(actors.Delivery) bool) {
	p.w.t.Helper()
	late := time.After(20 * time.Second)
	for {
		for _, d := range p.session.Next(nil) {
			if d.News != nil {
				if o, ok := d.News.Event.(acd.Offered); ok {
					p.offers = append(p.offers, o)
				}
			}
			if found(d) {
				return
			}
		}
		select {
		case <-p.woken:
		case <-late:
			p.w.t.Fatal("nothing came")
		}
	}
}

// must sends a command and waits for its answer.
func (p *person) must(to acd.Address, cmd acd.Command) (r acd.Result) {
	p.w.t.Helper()
	p.w.commands++
	id := fmt.Sprintf("c%d", p.w.commands)
	p.session.Do(id, uint64(p.w.commands), to, cmd)
	p.take(func(d actors.Delivery) bool {
		if d.Re != id {
			return false
		}
		if d.Answer.Refusal != nil {
			p.w.t.Fatalf("%T was refused: %v", cmd, d.Answer.Refusal)
		}
		r = d.Answer.Result
		return true
	})
	return r
}

// starts opens a chat in a queue and says something.
func (p *person) starts(queue acd.QueueID, texts ...string) acd.ChatID {
	p.w.t.Helper()
	p.w.chats++
	chat := acd.ChatID(fmt.Sprintf("chat%d", p.w.chats))
	p.must(queue.Address(), acd.Start{Chat: chat, Source: "web", Queue: queue, Subject: "a private matter"})
	for _, text := range texts {
		p.must(chat.Address(), acd.SendText{Text: text})
	}
	return chat
}

// seen is an event as a receiver reads it.
type seen struct {
	SpecVersion, ID, Source, Type, Subject, Time, Sequence, PartitionKey, Queue, Actor string
	Record                                                                             uint64
	Data                                                                               map[string]any
}

func readEvent(t *testing.T, line []byte) seen {
	t.Helper()
	var s seen
	if err := json.Unmarshal(line, &s); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return s
}

func (w *world) get(query string, header ...string) (int, http.Header, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+"/?"+query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// lines are the events of one page.
func (w *world) lines(query string) (events []seen, next string) {
	w.t.Helper()
	status, h, body := w.get(query, "Accept", typeLines)
	if status != http.StatusOK {
		w.t.Fatalf("%s is answered with %d %s", query, status, body)
	}
	for line := range strings.Lines(body) {
		events = append(events, readEvent(w.t, []byte(line)))
	}
	return events, h.Get("Parley-Next-Cursor")
}

// all is everything from the start.
func (w *world) all(query string) []seen {
	events, _ := w.lines("limit=1000&" + query)
	return events
}

func kindsOf(events []seen) string {
	var out []string
	for _, e := range events {
		out = append(out, strings.TrimPrefix(e.Type, typePrefix))
	}
	return strings.Join(out, " ")
}

// follow opens a stream and returns its lines, until it is closed.
func (w *world) follow(query string, header ...string) (*bufio.Scanner, func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/?"+query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("the stream is answered with %d", resp.StatusCode)
	}
	in := bufio.NewScanner(resp.Body)
	in.Buffer(nil, 1<<20)
	return in, func() { cancel(); resp.Body.Close() }
}
