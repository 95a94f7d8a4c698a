package bench

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// liar is a server of a few agents that does what the protocol says, and once,
// where it is asked to, what it must not.
type liar struct {
	t   *testing.T
	lie func(l *liar, to *ear, event map[string]any) []map[string]any // what is sent in the place of an event, with seq

	mu     sync.Mutex
	ears   map[string]*ear
	agents []string
	chats  map[string]*liarChat
	turn   int
	told   bool // the lie
	// unavailable is why who is asked first does not take a chat; empty if he does.
	unavailable string
	spare       map[string]any

	line []*liarChat // began before anybody had signed in
	// hold keeps the answers to starts back until it lets them go; nil if none is.
	hold func(answer func())
}

// ear is one principal's connection.
type ear struct {
	subject string
	seq     int
	conn    *websocket.Conn
}

type liarChat struct {
	id, customer, owner, asked, name string
	said                             int
}

func startLiar(t *testing.T, lie func(l *liar, to *ear, event map[string]any) []map[string]any) *httptest.Server {
	return (&liar{t: t, lie: lie}).start()
}

func (l *liar) start() *httptest.Server {
	l.ears, l.chats = map[string]*ear{}, map[string]*liarChat{}
	s := httptest.NewServer(l)
	l.t.Cleanup(s.Close)
	return s
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	var me *ear
	for {
		_, text, err := conn.Read(context.Background())
		if err != nil {
			return
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			var f map[string]any
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				l.t.Errorf("the generator sent %q: %v", line, err)
				return
			}
			l.mu.Lock()
			if me == nil {
				me = l.hello(conn, f)
			} else {
				l.obey(me, f)
			}
			l.mu.Unlock()
		}
	}
}

func (l *liar) hello(conn *websocket.Conn, f map[string]any) *ear {
	_, rest, _ := strings.Cut(f["token"].(string), ".")
	body, _, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	var claims struct{ Sub, Role string }
	if err == nil {
		err = json.Unmarshal(raw, &claims)
	}
	if err != nil {
		l.t.Errorf("token: %v", err)
	}
	me := &ear{subject: claims.Sub, conn: conn}
	l.ears[me.subject] = me
	if claims.Role == "agent" {
		l.agents = append(l.agents, me.subject)
	}
	l.write(me, map[string]any{"type": "welcome", "epoch": "e", "seq": 0, "resumed": false})
	l.write(me, map[string]any{"type": "snapshot", "seq": 0})
	return me
}

func (l *liar) write(to *ear, frame map[string]any) {
	text, err := json.Marshal(frame)
	if err != nil {
		l.t.Error(err)
	}
	_ = to.conn.Write(context.Background(), websocket.MessageText, text) // who has gone has gone
}

// tell sends an event, or what the lie makes of it.
func (l *liar) tell(subject, kind string, fields map[string]any) {
	to := l.ears[subject]
	to.seq++
	fields["type"], fields["seq"] = kind, to.seq
	frames := []map[string]any{fields}
	if l.lie != nil {
		frames = l.lie(l, to, fields)
	}
	for _, f := range frames {
		l.write(to, f)
	}
}

func (l *liar) obey(me *ear, f map[string]any) {
	ok := map[string]any{"type": "ok", "re": f["id"]}
	id, _ := f["chat"].(string)
	if o, is := f["offer"].(string); is {
		id, _, _ = strings.Cut(o, ".")
	}
	c := l.chats[id]
	switch f["type"] {
	case "set_presence":
		l.tell(me.subject, "presence", map[string]any{"state": "available"})
		for _, c := range l.line {
			l.next(c)
		}
		l.line = nil
	case "start":
		c = &liarChat{id: fmt.Sprintf("c%d", len(l.chats)), customer: me.subject, name: f["name"].(string)}
		l.chats[c.id] = c
		ok["chat"] = c.id
		if len(l.agents) == 0 {
			l.line = append(l.line, c)
		} else {
			l.next(c)
		}
		if l.hold != nil {
			l.hold(func() { l.write(me, ok) })
			return
		}
	case "accept":
		l.assign(c, me.subject)
	case "send":
		c.said++
		for _, who := range []string{c.customer, c.owner} {
			l.tell(who, "message", map[string]any{"chat": c.id, "message_seq": c.said, "text": f["text"]})
		}
	case "transfer":
		if why := l.unavailable; why != "" {
			l.unavailable = ""
			l.write(me, map[string]any{"type": "error", "re": f["id"], "code": "target_unavailable", "detail": map[string]any{"reason": why}})
			return
		}
		c.asked = f["to"].(map[string]any)["agent"].(string)
		l.offer(c, c.asked)
	case "end":
		l.tell(c.customer, "ended", map[string]any{"chat": c.id})
		l.tell(c.owner, "chat_ended", map[string]any{"chat": c.id})
		l.tell(c.owner, "released", map[string]any{"chat": c.id})
	case "pong":
		return
	}
	l.write(me, ok)
}

// next offers a chat to whoever's turn it is.
func (l *liar) next(c *liarChat) {
	l.turn++
	l.offer(c, l.agents[l.turn%len(l.agents)])
}

func (l *liar) offer(c *liarChat, agent string) {
	l.tell(agent, "offer", map[string]any{"offer": c.id + "." + agent, "chat": c.id, "customer": map[string]any{"name": c.name},
		"offered_at": "2026-01-01T00:00:00.000Z", "expires_at": "2026-01-01T00:00:20.000Z"})
}

func (l *liar) assign(c *liarChat, agent string) {
	before := c.owner
	c.owner = agent
	l.tell(agent, "offer_ended", map[string]any{"offer": c.id + "." + agent, "chat": c.id, "reason": "accepted"})
	l.tell(agent, "assigned", map[string]any{"chat": map[string]any{"chat": c.id, "owner": agent, "messages": []any{}}})
	if c.asked == agent {
		c.asked = ""
		l.tell(before, "transfer_done", map[string]any{"chat": c.id})
		l.tell(before, "released", map[string]any{"chat": c.id})
	}
}
