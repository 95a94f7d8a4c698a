package main

import (
	"strconv"
	"strings"

	"github.com/parley-engine/parley/bench/socket"
)

// obey does what a command of the lifecycle says, and tells of it. The order of
// the commands is the generator's: nothing is checked. The lock is held.
func (s *server) obey(me *peer, line []byte) {
	kind, re := string(socket.Text(socket.In(line, "type"))), string(socket.Text(socket.In(line, "id")))
	if kind == "pong" {
		return
	}
	var c *chat
	switch kind {
	case "set_presence":
		s.agents = append(s.agents, me)
		s.ok(me, re)
		s.event(me, "presence", `"state":"available","since":"`, string(s.at), `","by":"`, me.subject, `"}`)
	case "start":
		c = s.start(me, re, string(socket.Text(socket.In(line, "name"))))
	case "accept":
		offer := string(socket.Text(socket.In(line, "offer")))
		id, _, _ := strings.Cut(offer, ".")
		if c = s.chats[id]; c.owner == nil {
			s.accept(c, me, re, offer)
		} else {
			s.follow(c, me, re, offer)
		}
	default:
		c = s.chats[string(socket.Text(socket.In(line, "chat")))]
		switch kind {
		case "send":
			s.send(c, me, re, socket.Text(socket.In(line, "text")))
		case "transfer":
			s.transfer(c, me, re, s.peers[string(socket.Text(socket.In(socket.In(line, "to"), "agent")))])
		case "end":
			s.end(c, me, re)
		case "wrapup":
			s.ok(me, re)
			s.event(me, "wrapup_done", `"chat":"`, c.id, `","code":"done","by":"`, me.subject, `"}`)
			s.event(me, "released", `"chat":"`, c.id, `"}`)
			if c.wrapups++; c.wrapups == 2 {
				delete(s.chats, c.id)
			}
		}
	}
	s.journal.take(s.next, kind, c, me, line)
}

func (s *server) ok(p *peer, re string) { s.to(p, `{"type":"ok","re":"`, re, `"}`) }

// Ids are as long as Parley's.
const (
	chatPrefix  = "06h0eu7n3pvd71"
	offerSuffix = ".3jlcvawzt0w7w"
	moveSuffix  = ".2b5shfnythni3"
)

func (s *server) start(customer *peer, re, name string) *chat {
	s.turn++
	n := strconv.Itoa(s.turn)
	c := &chat{id: chatPrefix + "000000000000"[len(n):] + n, customer: customer, name: name}
	c.stream = "chat/" + c.id
	s.chats[c.id] = c
	s.to(customer, `{"type":"ok","re":"`, re, `","chat":"`, c.id, `"}`)
	s.event(customer, "queued", `"chat":"`, c.id, `","queue":{"name":"q0"}}`)
	s.to(customer, `{"type":"position","chat":"`, c.id, `","position":1,"wait_s":{"low":0,"high":0}}`)
	s.offer(c, s.agents[s.turn%len(s.agents)], `queue`, ``, ``)
	return c
}

// offer rings; thread is what has been said, from is who asks.
func (s *server) offer(c *chat, agent *peer, kind, from, thread string) {
	at := string(s.at)
	s.event(agent, "offer", `"offer":"`, c.id, offerSuffix, `","kind":"`, kind, `","chat":"`, c.id,
		`","channel":"livechat","queue":{"id":"q0","name":"q0"},"customer":`, c.who(`}`), `,"source":{"id":"s0","name":"Source 0"},`, from,
		`"thread":[`, thread, `],"received_at":"`, at, `","offered_at":"`, at, `","expires_at":"9`, at[1:], `","attempt":1}`)
}

// who is the customer, as offers show him.
func (c *chat) who(end string) string {
	return `{"name":"` + c.name + `","initials":"B","auth":"anon","attributes":{}` + end
}

func (s *server) accept(c *chat, agent *peer, re, offer string) {
	c.owner = agent
	s.assigned(c, agent, re, offer, "active")
	s.focus(c, agent)
	s.event(c.customer, "agent_joined", `"chat":"`, c.id, `","name":"`, agent.name, `","initials":"`, agent.initials, `"}`)
}

func (s *server) focus(c *chat, agent *peer) {
	s.event(agent, "focus", `"chat":"`, c.id, `","states":{"`, c.id, `":"connected"}}`)
}

// assigned is what an agent is told who has the chat now.
func (s *server) assigned(c *chat, agent *peer, re, offer, label string) {
	at := string(s.at)
	s.to(agent, `{"type":"ok","re":"`, re, `","chat":"`, c.id, `"}`)
	s.event(agent, "offer_ended", `"offer":"`, offer, `","chat":"`, c.id, `","reason":"accepted"}`)
	before, read := ``, ``
	if c.owner != agent {
		before = participant(c.owner, "false") + ","
		read = `"` + c.owner.subject + `":10,`
	}
	s.event(agent, "assigned", `"chat":{"chat":"`, c.id, `","channel":"livechat","queue":{"id":"q0","name":"q0"},"customer":`, c.who(`,"state":"online"}`),
		`,"source":{"id":"s0","name":"Source 0"},"participants":[{"participant":"customer","kind":"customer","name":"`, c.name,
		`","mode":"talk","state":"joined","owner":false},`, before, participant(agent, "true"), `],"owner":"`, agent.subject, `","label":"`, label,
		`","phase":"active","focus":"held","unread":0,"opened":false,"read":{`, read, `"`, agent.subject, `":0,"customer":0},"messages":[`, string(c.thread),
		`],"message_seq":`, strconv.Itoa(c.said), `,"received_at":"`, at, `","started_at":"`, at, `"}}`)
}

func participant(p *peer, owner string) string {
	return `{"participant":"` + p.subject + `","kind":"agent","name":"` + p.name + `","mode":"talk","state":"joined","owner":` + owner + `}`
}

func (s *server) send(c *chat, me *peer, re string, text []byte) {
	c.said++
	n, at := strconv.Itoa(c.said), string(s.at)
	byAgent := me != c.customer
	author := `{"kind":"customer","id":"customer","name":"` + c.name + `","initials":"B"}`
	shown := author // to the customer, who is not told an agent's id
	if byAgent {
		name := `"name":"` + me.name + `","initials":"` + me.initials + `"}`
		author, shown = `{"kind":"agent","id":"`+me.subject+`",`+name, `{"kind":"agent",`+name
	}
	body := `,"text":"` + string(text) + `","to":"all","sent_at":"` + at + `"}`
	number := `"message_seq":` + n + `,"author":`
	if c.said > 1 {
		c.thread = append(c.thread, ',')
	}
	for _, part := range []string{`{`, number, author, body} {
		c.thread = append(c.thread, part...)
	}
	s.to(me, `{"type":"ok","re":"`, re, `","message_seq":`, n, `}`)
	s.event(c.customer, "message", `"chat":"`, c.id, `",`, number, shown, body)
	s.event(c.owner, "message", `"chat":"`, c.id, `",`, number, author, body)
	switch {
	case !byAgent:
		s.event(c.owner, "unread", `"chat":"`, c.id, `","count":1}`)
	case c.said > 1:
		s.event(c.owner, "unread", `"chat":"`, c.id, `","count":0}`)
	}
}

func (s *server) transfer(c *chat, me *peer, re string, to *peer) {
	s.to(me, `{"type":"ok","re":"`, re, `","transfer":"`, c.id, moveSuffix, `","offer":"`, c.id, offerSuffix, `"}`)
	s.event(me, "label", `"chat":"`, c.id, `","label":"transfer_requested"}`)
	s.offer(c, to, `transfer`, `"from":{"id":"`+me.subject+`","name":"`+me.name+`"},`, string(c.thread))
}

// follow is the second agent's accept, who was asked to take the chat over.
func (s *server) follow(c *chat, agent *peer, re, offer string) {
	before := c.owner
	s.assigned(c, agent, re, offer, "transfer_requested")
	c.owner = agent
	left := `","participant":"` + before.subject + `","mode":"talk","reason":"transferred"}`
	s.event(agent, "left", `"chat":"`, c.id, left)
	s.event(agent, "label", `"chat":"`, c.id, `","label":"active"}`)
	s.focus(c, agent)
	s.event(c.customer, "agent_changed", `"chat":"`, c.id, `","name":"`, agent.name, `","initials":"`, agent.initials, `"}`)
	s.event(before, "joined", `"chat":"`, c.id, `","participant":"`, agent.subject, `","kind":"agent","name":"`, agent.name, `","mode":"talk"}`)
	s.event(before, "transfer_done", `"chat":"`, c.id, `","transfer":"`, c.id, moveSuffix, `","participant":"`, agent.subject, `"}`)
	s.event(before, "left", `"chat":"`, c.id, left)
	s.wrapup(c, before)
}

func (s *server) wrapup(c *chat, agent *peer) {
	s.event(agent, "wrapup_started", `"chat":"`, c.id, `","codes":[{"code":"done","name":"Done"}],"notes_enabled":true,"mode":"mandatory"}`)
}

func (s *server) end(c *chat, me *peer, re string) {
	s.ok(me, re)
	s.event(me, "chat_ended", `"chat":"`, c.id, `","by":"`, me.subject, `","reason":"agent"}`)
	s.wrapup(c, me)
	s.event(c.customer, "ended", `"chat":"`, c.id, `","reason":"agent"}`)
}
