package acd

import (
	"strings"
	"unicode/utf8"
)

// maxAttributes bounds what is known of a customer, in bytes (Connect's number).
const maxAttributes = 32 << 10

func tooLong(text string, most, got int) *Refusal {
	return &Refusal{Code: ErrTooLong.Code, Text: text, Max: most, Got: got}
}

func attributesSize(set map[string]string) (n int) {
	for k, v := range set {
		n += len(k) + len(v)
	}
	return n
}

// author finds who the asker is in this chat. Only who takes part may speak.
func (s *chatStep) author() (Author, error) {
	by := s.t.By
	if by.Role == RoleCustomer {
		if s.Customer.ID != CustomerID(by.ID) {
			return Author{}, ErrNotFound
		}
		return Author{Kind: "customer", ID: by.ID, Name: s.Customer.Name}, nil
	}
	p := s.participant(AgentID(by.ID))
	switch {
	case !by.Works() || p == nil || !p.Joined && s.Live():
		return Author{}, ErrNotParticipant
	case by.Role == RoleSupervisor:
		return Author{Kind: "supervisor", ID: by.ID, Name: p.Name}, nil
	}
	return Author{Kind: "agent", ID: by.ID, Name: p.Name}, nil
}

// partOf is the author's part in the chat, nil for the customer.
func (s *chatStep) partOf(author Author) *Participant {
	if author.Kind == "customer" {
		return nil
	}
	return s.joined(AgentID(author.ID))
}

// send is C12. What it refuses it names; nothing is ever stripped from a text.
func (s *chatStep) send(m SendText) (any, error) {
	author, err := s.author()
	if err != nil {
		return nil, err
	}
	switch {
	case s.Interrupted && s.Live():
		return nil, ErrSourceRemoved
	case !s.Live():
		return nil, ErrEnded
	}
	switch m.To {
	case "":
		m.To = ForAll
	case ForAll, ForAgents:
	default:
		return nil, ErrBadTarget
	}
	if author.Kind == "customer" && m.To != ForAll {
		return nil, ErrForbidden
	}
	if p := s.partOf(author); p != nil && (p.Mode == Monitoring || p.Mode != Talk && m.To == ForAll) {
		return nil, refusal(ErrForbidden.Code, "who consults or whispers writes to agents, who monitors to nobody")
	}
	line, err := s.content(m, author)
	if err != nil {
		return nil, err
	}
	seq := s.line(line)
	s.revive(author)
	return Result{MessageSeq: seq}, nil
}

// allowed holds a text against the limits of the chat's channel, in code points.
func (s *chatStep) allowed(text string, author Author) error {
	if err := s.fits(text); err != nil {
		return err
	}
	return s.reserved(text, author)
}

func (s *chatStep) fits(text string) error {
	most := s.t.Config.channel(s.Channel).MaxChars
	if n := utf8.RuneCountInString(text); n > most {
		return tooLong("the text is too long for this channel", most, n)
	}
	return nil
}

func (s *chatStep) reserved(text string, author Author) error {
	ch := s.t.Config.channel(s.Channel)
	if author.Kind == "customer" || ch.ReservedChars == "" {
		return nil
	}
	if i := strings.IndexAny(text, ch.ReservedChars); i >= 0 {
		return &Refusal{Code: ErrReserved.Code, Text: "agents may not use these characters on this channel",
			Chars: ch.ReservedChars, Index: utf8.RuneCountInString(text[:i])}
	}
	return nil
}

// message adds a line to the transcript and says whose unread count it changed.
func (s *chatStep) message(author Author, to Audience, text string) uint64 {
	return s.line(Message{Author: author, To: to, Text: text})
}

func (s *chatStep) line(m Message) uint64 {
	m.Seq, m.SentAt = s.Messages+1, s.t.Now
	author, e := m.Author, MessageSent{Message: m}
	for i := range s.Participants {
		p := &s.Participants[i]
		switch {
		case !p.Joined:
		case author.Kind != "customer" && author.ID == string(p.Agent):
			if p.Unread > 0 {
				e.Unread = append(e.Unread, Unread{p.Agent, 0})
			}
		case p.Slot && counts(e.Message):
			e.Unread = append(e.Unread, Unread{p.Agent, min(p.Unread+1, maxPending)})
		}
	}
	s.emit(e)
	return e.Message.Seq
}

// markRead is A17, kept by the chat because a marker is a place in its order.
func (s *chatStep) markRead(m MarkRead) (any, error) {
	author, err := s.author()
	if err != nil {
		return nil, err
	}
	upto := min(m.Upto, s.Messages)
	if author.Kind == "customer" {
		if upto > s.CustomerRead && s.Live() {
			s.emit(ReadMarked{By: customerPart, Upto: upto})
		}
		return Result{}, nil
	}
	p := s.joined(AgentID(author.ID))
	if p == nil {
		return Result{Already: "already_ended"}, nil
	}
	if upto > p.Read {
		left := 0
		for _, seq := range p.Pending {
			if seq > upto {
				left++
			}
		}
		s.emit(ReadMarked{By: author.ID, Upto: upto, Unread: left})
	}
	return Result{Unread: p.Unread}, nil
}

// typing is shown to the others while the chat is active, and forgotten.
func (s *chatStep) typing(m Typing) error {
	author, err := s.author()
	if err != nil {
		return err
	}
	if s.Phase != PhaseActive {
		return nil
	}
	e := TypingShown{Chat: s.ID, By: author, On: m.On}
	p := s.partOf(author)
	if p != nil && p.Mode == Monitoring {
		return ErrForbidden
	}
	if p != nil && p.Mode == Talk {
		s.out.News = append(s.out.News, News{To: s.customerStream(), View: ToCustomer, Event: e, Ephemeral: true})
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && string(p.Agent) != author.ID {
			s.out.News = append(s.out.News, News{To: s.agentStream(p.Agent), View: ToAgent, Event: e, Ephemeral: true})
		}
	}
	return nil
}

// setAttributes adds to what is known of the customer; an empty value removes.
func (s *chatStep) setAttributes(m SetAttributes) (any, error) {
	if !s.overseer() {
		author, err := s.author()
		if err != nil {
			return nil, err
		}
		if author.Kind == "customer" {
			return nil, ErrForbidden
		}
	}
	if !s.Live() {
		return nil, ErrEnded
	}
	if size := attributesSize(mergeAttributes(s.Customer.Attributes, m.Set)); size > maxAttributes {
		return nil, tooLong("the attributes are too long", maxAttributes, size)
	}
	s.emit(AttributesSet{Set: m.Set, By: s.t.By.ID})
	if s.Leg != nil { // who may serve it may have changed
		s.tell(s.sendQueue(s.Leg.Queue, *s.Waiting()))
	}
	return Result{}, nil
}

// view answers who may see the chat: its customer, who takes or took part, and
// who oversees.
func (s *chatStep) view() (any, error) {
	by := s.t.By
	switch {
	case by.Role == RoleCustomer && s.Customer.ID != CustomerID(by.ID):
		return nil, ErrNotFound
	case by.Works() && !s.overseer() && s.participant(AgentID(by.ID)) == nil:
		return nil, ErrNotParticipant
	}
	if by.Role == RoleCustomer {
		return s.View(""), nil
	}
	return s.View(AgentID(by.ID)), nil
}

// viewOffers answers an agent with what rings at him, as it was told first.
func (s *chatStep) viewOffers() []Offered {
	var open []Offered
	for _, o := range s.Offers {
		if s.t.By.Works() && string(o.Agent) == s.t.By.ID {
			open = append(open, Offered{Offer: o, Popover: s.popover()})
		}
	}
	return open
}

// View is the chat as reader finds it; the unread count is the reader's. The
// label is the one that was told last: a step that is under way tells its own.
func (c *Chat) View(reader AgentID) ChatView {
	v := ChatView{Chat: c.ID, Phase: c.Phase, Channel: c.Channel, Queue: c.LastLeg.Queue, QueueName: c.Policy.QueueName,
		Source: c.Source, SourceName: c.SourceName, Customer: c.Customer.Name, Attributes: c.Customer.Attributes,
		Away: !c.AwayUntil.IsZero(), Owner: c.Owner, Messages: c.Messages, ReceivedAt: c.StartedAt,
		CustomerRead: c.CustomerRead, Reason: c.EndReason, Subject: c.Subject, Label: c.Label,
		Rating: c.Rating, Assist: c.Assist, Previous: c.Previous, Auth: c.Customer.Auth, Now: c.underway()}
	if c.Leg != nil {
		v.Waits = c.Leg.Queue
	}
	if v.Label == "" || !c.Live() {
		v.Label = LabelActive
	}
	for _, p := range c.Participants {
		if p.Agent == reader {
			v.Unread, v.Read = p.Unread, p.Read
		}
		p.Pending, p.Offer = nil, ""
		v.Participants = append(v.Participants, p)
	}
	return v
}
