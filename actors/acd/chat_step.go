package acd

import (
	"slices"
	"time"
)

// customerPart is the customer's participant id.
const customerPart = "customer"

// chatStep is one step of a chat while it is being taken.
type chatStep struct {
	*Chat
	t   Turn
	out Outcome
	// said is why the agent rejects whose command this is, in his own words.
	said string
}

// Step implements Machine.
func (c *Chat) Step(t Turn, cmd Command) Outcome {
	s := chatStep{Chat: c, t: t}
	owner := c.Owner
	result, err := s.do(cmd)
	if err != nil {
		return Outcome{Err: err, Sends: s.out.Sends}
	}
	s.owned(owner)
	s.label()
	s.out.Result = result
	return s.out
}

// owned says who serves the chat now, when it is another one than before and
// somebody is in it who has not heard so with what brought the owner in.
func (s *chatStep) owned(before AgentID) {
	if s.Owner == before || !s.Live() {
		return
	}
	told := slices.ContainsFunc(s.out.Events, func(e Event) bool { o, ok := e.(OwnerSet); return ok && o.Owner == s.Owner })
	came := s.came(s.Owner)
	if !told && slices.ContainsFunc(s.Participants, func(p Participant) bool { return p.Joined && !(came && p.Agent == s.Owner) }) {
		set := OwnerSet{Owner: s.Owner}
		if s.Owner != "" {
			set.Name, set.Anew = s.nameOf(s.Owner), !came && s.Policy.Idle != (IdlePolicy{})
		}
		s.emit(set)
	}
}

// came reports whether this step brought a in: he has the whole chat then.
func (s *chatStep) came(a AgentID) bool {
	return slices.ContainsFunc(s.out.Events, func(e Event) bool {
		switch m := e.(type) {
		case Accepted:
			return m.Agent == a
		case Joined:
			return m.Agent == a
		}
		return false
	})
}

// label says so when the one word that desks show for the chat has changed.
func (s *chatStep) label() {
	if len(s.out.Events) == 0 || !s.Live() {
		return
	}
	if now := s.labelNow(); now != s.Label && !(now == LabelActive && s.Label == "") {
		s.emit(Labelled{now})
	}
}

// labelNow derives the label from what is open.
func (c *Chat) labelNow() Label {
	consults := func() bool {
		return slices.ContainsFunc(c.Participants, func(p Participant) bool { return p.Joined && p.Mode == Consulting })
	}
	switch {
	case c.Interrupted:
		return LabelInterrupted
	case c.Transfer != nil:
		return LabelTransferRequested
	case c.openOffer(OfferInvite) != nil:
		return LabelConferenceRequested
	case c.talking() > 1:
		return LabelConference
	case c.openOffer(OfferConsult) != nil || consults():
		return LabelConsulting
	}
	return LabelActive
}

func (s *chatStep) do(cmd Command) (any, error) {
	if start, ok := cmd.(Start); ok {
		return s.start(start)
	}
	switch m := cmd.(type) {
	case OfferGrant:
		return nil, s.grant(m)
	case Accept:
		return s.accept(m)
	case Reject:
		return s.reject(m)
	case OfferAborted:
		return nil, s.aborted(m)
	case EnqueueRefused:
		return nil, s.enqueueRefused(m)
	case Notice:
		s.noticed(m)
		return nil, nil
	case Introduce:
		s.introduce(m)
		return nil, nil
	case AgentLost:
		return nil, s.agentLost(m)
	case WrapupFiled:
		return nil, s.wrapupFiled(m)
	case AskSlot:
		s.slotAsked(m)
		return nil, nil
	case AskStay:
		s.stayAsked(m)
		return nil, nil
	case CustomerSeen:
		return nil, s.customerSeen(m)
	case Tick:
		return nil, s.tick()
	case SourceRemoved:
		return nil, s.sourceRemoved(m)
	case SlotGranted:
		return s.slotGranted(m)
	case SlotDenied:
		return s.slotDenied(m)
	case Admitted:
		return s.admitted(m)
	case Forget:
		s.ChatState = s.ChatState.Words(s.ID, blank{s.ID})
		return nil, nil
	}
	if s.Phase == PhaseNew {
		return nil, ErrNotFound
	}
	if s.hidden() {
		return nil, ErrNotFound
	}
	return s.asked(cmd)
}

// asked takes what people ask of a chat that exists.
func (s *chatStep) asked(cmd Command) (any, error) {
	switch m := cmd.(type) {
	case SendText:
		return s.send(m)
	case MarkRead:
		return s.markRead(m)
	case Typing:
		return nil, s.typing(m)
	case Heard:
		return nil, s.heard(m)
	case EndChat:
		return s.end()
	case LeaveChat:
		return s.leave()
	case ForceEnd:
		return s.forceEnd(m)
	case Rate:
		return s.rate(m)
	case ProposeEnd:
		return s.proposeEnd()
	case ConfirmEnd, DeclineEnd:
		return s.answerEnd(cmd == Command(ConfirmEnd{}))
	case SetAttributes:
		return s.setAttributes(m)
	case ViewChat:
		return s.view()
	case ViewOffers:
		return s.viewOffers(), nil
	}
	return s.moved(cmd)
}

// moved takes what people ask of who serves the chat.
func (s *chatStep) moved(cmd Command) (any, error) {
	switch m := cmd.(type) {
	case TransferChat:
		return s.transfer(m)
	case CancelTransfer:
		return s.cancelTransfer(m)
	case Invite:
		return s.invite(m.Agent, OfferInvite, m)
	case Consult:
		return s.invite(m.Agent, OfferConsult, m)
	case CancelInvite:
		return s.cancelInvite(m)
	case EndConsult:
		return s.endConsult()
	case EndConference:
		return s.endConference()
	case DropAgent:
		return s.drop(m)
	case HandOver:
		return s.handOver(m)
	case Monitor:
		return s.monitor(m)
	case Unmonitor:
		return s.unmonitor()
	case TakeOver:
		return s.takeOver()
	case AssignTo:
		return s.assign(m)
	case Requeue:
		return s.requeueBy(m)
	case SetPriority:
		return s.setPriority(m)
	case Pick:
		return s.pick(m)
	case Assist:
		return s.assist(m)
	case Announce:
		return s.announced(m)
	}
	return nil, badState("a chat does not take this command")
}

// emit makes e happen and notes who must hear of it.
func (s *chatStep) emit(e Event) {
	s.Apply(s.t.Now, e)
	switch m := e.(type) {
	case Accepted:
		m.View = s.View(m.Agent)
		e = m
	case Joined:
		m.View = s.View(m.Agent)
		e = m
	}
	s.out.Events = append(s.out.Events, e)
	s.audience(e)
}

func (s *chatStep) news(to Stream, view View, e Event) {
	if s.out.News == nil {
		s.out.News = make([]News, 0, 4) // a message in a chat with one agent is three
	}
	s.out.News = append(s.out.News, News{To: to, View: view, Event: e, Index: len(s.out.Events) - 1})
}

func (s *chatStep) tell(send Send) { s.out.Sends = append(s.out.Sends, send) }

// audience names who hears of e; the state is the one after it.
func (s *chatStep) audience(e Event) {
	switch m := e.(type) {
	case Queued:
		if s.Owner == "" {
			s.newsCustomer(e)
		}
	case ChatEnded:
		s.newsCustomer(e)
	case Offered:
		s.news(s.agentStream(m.Offer.Agent), ToOffered, e)
	case OfferEnded:
		s.news(s.agentStream(m.Agent), ToOffered, e)
	case Accepted:
		if m.Mode != Consulting {
			s.newsCustomer(e)
		}
		s.news(s.agentStream(m.Agent), ToOffered, e)
		s.news(s.agentStream(m.Agent), ToAgent, e)
		s.newsOthers(m.Agent, e)
	case MessageSent:
		if m.Message.To != ForAgents {
			s.newsCustomer(e)
		}
		s.newsAgents(e, m.Unread)
	case ReadMarked:
		s.readAudience(m, e)
	case Left:
		s.leftAudience(m, e)
	case Joined:
		s.joinedAudience(m, e)
	case TransferDone:
		s.news(s.agentStream(m.From), ToSender, e)
	case TransferFailed:
		s.news(s.agentStream(m.From), ToSender, e)
	case TransferCancelled:
		s.news(s.agentStream(m.From), ToSender, e)
	case InviteFailed:
		s.news(s.agentStream(m.By), ToSender, e)
	case Interrupted:
		s.newsCustomer(e)
		s.newsAgents(e, nil)
	case CustomerAway, CustomerBack, AttributesSet, OwnerSet, Labelled:
		s.newsAgents(e, nil)
	case IdleWarned, AgentIdled, Parked, Unparked, EndProposed, EndDeclined, Rated:
		s.careAudience(e)
	case ChatStarted, WaitedLong, WrapupRecorded, ChatClosed, TransferStarted, TransferReturning, LegDropped, Prioritized, AssistAsked, WaitSaid, WaitNoticed:
	}
}

// leftAudience: a customer hears of nobody whom he never heard, nor of a
// sender in whose place he has just heard of another.
func (s *chatStep) leftAudience(m Left, e Event) {
	replaced := m.Reason == "transferred" && slices.ContainsFunc(s.out.Events, func(e Event) bool {
		accepted, ok := e.(Accepted)
		return ok && accepted.Replaces
	})
	if m.Mode == Talk && !replaced {
		s.newsCustomer(e)
	}
	s.news(s.agentStream(m.Agent), ToAgent, e)
	if m.Mode != Monitoring {
		s.newsOthers(m.Agent, e)
	}
}

// joinedAudience: the customer hears of who begins to talk or ceases to. Who monitors is seen by nobody, who whispers by agents.
func (s *chatStep) joinedAudience(m Joined, e Event) {
	if (m.Mode == Talk) != (m.Was == Talk) {
		s.newsCustomer(e)
	}
	s.news(s.agentStream(m.Agent), ToAgent, e)
	if m.Mode != Monitoring || m.Was != "" {
		s.newsOthers(m.Agent, e)
	}
}

// newsOthers tells who is in the chat beside the one whom it is about.
func (s *chatStep) newsOthers(about AgentID, e Event) {
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined && p.Agent != about {
			s.news(s.agentStream(p.Agent), ToOthers, e)
		}
	}
}

func (s *chatStep) newsCustomer(e Event) { s.news(s.customerStream(), ToCustomer, e) }

// newsAgents tells all who are in the chat, and those of unread their count.
func (s *chatStep) newsAgents(e Event, unread []Unread) {
	for i := range s.Participants {
		p := &s.Participants[i]
		if !p.Joined {
			continue
		}
		to := s.agentStream(p.Agent)
		s.news(to, ToAgent, e)
		if slices.ContainsFunc(unread, func(u Unread) bool { return u.Agent == p.Agent }) {
			s.news(to, ToUnread, e)
		}
	}
}

// readAudience: a customer's marker is a receipt for the agents. An agent's
// clears his unread count on all of his sessions and is a receipt for the rest,
// as far as they know of him.
func (s *chatStep) readAudience(m ReadMarked, e Event) {
	if m.By == customerPart {
		s.newsAgents(e, nil)
		return
	}
	reader := AgentID(m.By)
	switch p := s.participant(reader); p.Mode {
	case Talk:
		s.newsAgents(e, nil)
		s.newsCustomer(e)
	case Monitoring:
		s.news(s.agentStream(reader), ToAgent, e)
	default:
		s.newsAgents(e, nil)
	}
	s.news(s.agentStream(reader), ToUnread, e)
}

// start is C1 and C2. The queue has admitted the chat before it came here.
func (s *chatStep) start(m Start) (any, error) {
	if s.Phase != PhaseNew {
		if s.t.By.Role == RoleCustomer && s.Customer.ID == CustomerID(s.t.By.ID) {
			return Result{Chat: s.ID}, nil
		}
		return nil, ErrForbidden
	}
	if s.t.By.Role != RoleCustomer || !m.Admitted {
		return nil, ErrForbidden
	}
	src := s.t.Config.Sources[m.Source]
	if src == nil {
		return nil, refusal(ErrNotFound.Code, "no source named "+string(m.Source))
	}
	if size := attributesSize(m.Attributes); size > maxAttributes {
		return nil, tooLong("the attributes are too long", maxAttributes, size)
	}
	name := m.Name
	if name == "" {
		name = s.t.By.Name
	}
	ch := s.t.Config.channel(src.Channel)
	leg, policy, ok := s.leg(m.Queue, s.t.Now, m.Priority, m.Skills, 0)
	if !ok {
		return nil, refusal(ErrNotFound.Code, "no queue named "+string(m.Queue))
	}
	leg.Prefer, leg.PreferUntil = m.Prefer, m.PreferUntil
	s.emit(ChatStarted{
		Customer: Customer{ID: CustomerID(s.t.By.ID), Name: name, Auth: m.Auth, Attributes: m.Attributes},
		Channel:  src.Channel, Source: src.ID, SourceName: src.Name, Subject: m.Subject, Weight: ch.Weight,
		Grace: Graces{ch.CustomerGrace.Waiting, ch.CustomerGrace.Served}, Previous: m.Previous,
	})
	s.enqueue(leg, policy, "")
	return Result{Chat: s.ID}, nil
}

// leg makes a stay in a queue for who entered at that time, or enters now if
// that is still to come by a clock that was set back: nobody waits behind those
// who come after him. The key says how far ahead priority and boost put him; it
// never changes while he waits.
func (s *chatStep) leg(q QueueID, entered time.Time, priority int, skills []string, boost time.Duration) (Leg, LegPolicy, bool) {
	p := s.t.Config.Queues[q]
	if p == nil {
		return Leg{}, LegPolicy{}, false
	}
	if entered.After(s.t.Now) {
		entered = s.t.Now
	}
	key := entered.Add(-boost - time.Duration(priority)*p.PriorityBoost)
	leg := Leg{ID: EnqueueID(s.t.id(len(s.out.Events))), Queue: q, Key: key, EnteredAt: entered, Skills: skills, Priority: priority}
	policy := LegPolicy{QueueName: p.Name, Offer: p.OfferTimeout, MinAlert: p.MinAlert, OverflowTo: p.OnMaxWait.Queue,
		GiveUpText: p.OnMaxWait.Text, RejectHold: p.RejectHold, Regain: p.RegainBoost, Wrapup: p.Wrapup, Flows: p.Flows,
		RingCount: p.RingCount, Sayings: p.Sayings, GiveUpKeep: p.OnMaxWait.Keep, ServiceLevel: p.ServiceLevel, ShortAbandon: p.ShortAbandon,
		AutoAccept: p.AutoAccept}
	if p.MaxWait > 0 {
		policy.GiveUpAt = s.t.Now.Add(p.MaxWait)
	}
	return leg, policy, true
}

func (s *chatStep) enqueue(leg Leg, policy LegPolicy, reason string) {
	policy.Idle = s.t.Config.idle(leg.Queue, s.Channel)
	s.emit(Queued{Leg: leg, Policy: policy, Reason: reason})
	s.tell(s.sendQueue(leg.Queue, *s.Waiting()))
}

// enqueueRefused is C3 for a chat that was already on its way. An open offer
// runs to its end; if nobody takes it the queue is asked again. No queue is
// asked twice: two that are closed and send who waits to each other would never
// come to an end.
func (s *chatStep) enqueueRefused(m EnqueueRefused) error {
	if s.Leg == nil || s.Leg.ID != m.ID || s.openOffer(OfferRoute) != nil {
		return nil
	}
	if s.Owner != "" {
		s.legFailed("queue_" + m.Reason)
		return nil
	}
	s.say(m.Text)
	tried := s.Leg.tried(s.t.Now)
	if leg, policy, ok := s.leg(m.To, s.Leg.EnteredAt, s.Leg.Priority, s.Leg.Skills, 0); ok && !slices.Contains(tried, m.To) {
		leg.Tried, leg.MovedAt = tried, s.t.Now
		s.enqueue(leg, policy, "overflow")
		return nil
	}
	s.finish(ChatEnded{By: "system", Reason: EndRefused, Note: m.Reason}, OfferMoved)
	return nil
}

// tick does what is due, in a fixed order: offers, then the longest wait and
// what the queue says, then the customer's grace.
func (s *chatStep) tick() error {
	if !s.Live() {
		s.closeIfSettled()
		return nil
	}
	for i := 0; i < len(s.Offers); {
		if o := s.Offers[i]; s.t.due(o.Deadline, o.Started) {
			s.rona(o)
			continue
		}
		i++
	}
	if s.Leg != nil && s.openOffer(OfferRoute) == nil && s.t.due(s.waitPolicy().GiveUpAt, s.Leg.EnteredAt) {
		s.giveUp()
	}
	s.sayTick()
	if s.Live() && due(s.returnDue(), s.t.Now) {
		s.toQueue("returned")
	}
	if s.Live() && due(s.CloseAt, s.t.Now) {
		s.finish(ChatEnded{By: "system", Reason: EndSourceGone}, OfferInterrupted)
	}
	if s.Live() && due(s.AwayUntil, s.t.Now) {
		s.finish(ChatEnded{By: "customer", Reason: EndDisconnected}, CustomerGone)
	}
	s.idleTick()
	return nil
}
