package acd

import (
	"cmp"
	"time"
)

// transfer is C17, C20 and C23. Who gets the chat is asked for a slot, or the
// queue for a place, before anything is promised; the answer comes back here
// with the same asker, and everything is looked at once more.
func (s *chatStep) transfer(m TransferChat) (any, error) {
	if err := s.mayTransfer(m); err != nil {
		return nil, err
	}
	if m.ToQueue != "" {
		s.out.Forward = &Send{To: m.ToQueue.Address(), Cmd: Admit{Chat: s.ID, Then: m}}
		return nil, nil
	}
	if p := s.serving(m.ToAgent); p != nil {
		return s.transferToJoined(p)
	}
	return s.askAgent(m.ToAgent, OfferTransfer, false, m)
}

// mayTransfer holds what must be so when it is asked and when it happens.
func (s *chatStep) mayTransfer(m TransferChat) error {
	if err := s.commands(); err != nil {
		return err
	}
	if err := s.reach(m.ToAgent, m.ToQueue); err != nil {
		return err
	}
	switch {
	case s.Transfer != nil || s.Leg != nil:
		return badState("a transfer of this chat is already open")
	case (m.ToAgent == "") == (m.ToQueue == ""):
		return refusal(ErrBadTarget.Code, "a transfer goes to an agent or to a queue")
	case m.ToAgent != "" && m.ToAgent == s.Owner:
		return refusal(ErrBadTarget.Code, "the chat is his already")
	case m.ToAgent != "" && s.t.Config.Agents[m.ToAgent] == nil:
		return refusal(ErrBadTarget.Code, "no agent named "+string(m.ToAgent))
	case m.ToQueue != "" && s.t.Config.Queues[m.ToQueue] == nil:
		return refusal(ErrBadTarget.Code, "no queue named "+string(m.ToQueue))
	case m.ToAgent != "" && s.offerTo(m.ToAgent) != nil:
		return refusal(ErrBadTarget.Code, "he is asked already")
	case m.ToAgent != "" && m.Mode != "" && m.Mode != Warm && m.Mode != Blind:
		return refusal(ErrBadTarget.Code, "a transfer to an agent is warm or blind")
	case m.ToQueue != "" && m.Mode != "" && m.Mode != Stay && m.Mode != Blind:
		return refusal(ErrBadTarget.Code, "a transfer to a queue is stay or blind")
	case m.OnFail != "" && m.OnFail != ReturnToQueue && m.OnFail != ReturnToSender && m.OnFail != EndOnFail:
		return refusal(ErrBadTarget.Code, "no such end of a failed transfer")
	}
	return nil
}

// commands says whether the asker may move the chat or bring others in: its
// owner, and who oversees.
func (s *chatStep) commands() error {
	by := s.t.By
	if err := s.knows(); err != nil {
		return err
	}
	switch {
	case !s.Live():
		return ErrEnded
	case !s.overseer() && s.joined(AgentID(by.ID)) == nil:
		return ErrNotParticipant
	case s.Interrupted:
		return ErrSourceRemoved
	case s.Phase != PhaseActive || s.Owner == "":
		return badState("nobody serves the chat yet")
	case !s.overseer() && s.Owner != AgentID(by.ID):
		return refusal(ErrForbidden.Code, "only the owner of the chat may do that")
	}
	return nil
}

// knows says whether the asker may know what becomes of the chat: who oversees,
// and who takes or took part.
func (s *chatStep) knows() error {
	by := s.t.By
	switch {
	case by.Role == RoleCustomer:
		return ErrForbidden
	case !s.overseer() && s.participant(AgentID(by.ID)) == nil:
		return ErrNotParticipant
	}
	return nil
}

// askAgent asks an agent for a slot and goes on with then when he has answered.
func (s *chatStep) askAgent(a AgentID, kind OfferKind, force bool, then Command) (any, error) {
	s.out.Forward = &Send{To: a.Address(), Cmd: Reserve{Offer: s.nextOffer(), Chat: s.ID, Channel: s.Channel,
		Weight: s.Weight, Kind: kind, Force: force, Then: then}}
	return nil, nil
}

func (s *chatStep) nextOffer() OfferID {
	return OfferID(string(s.ID) + "." + s.t.id(len(s.out.Events)))
}

// slotGranted goes on with what the slot was asked for. What is no longer
// possible is refused, and the slot given back.
func (s *chatStep) slotGranted(m SlotGranted) (any, error) {
	result, err := s.withSlot(m)
	if err != nil {
		s.tell(s.sendRelease(m.Offer, m.Agent))
	}
	return result, err
}

func (s *chatStep) withSlot(m SlotGranted) (any, error) {
	if s.serving(m.Agent) != nil || s.offerTo(m.Agent) != nil {
		return nil, refusal(ErrBadTarget.Code, "he is in the chat or asked already")
	}
	if _, back := m.Then.(ReturnChat); s.owes(m.Agent) && !back {
		return nil, &Refusal{Code: ErrUnavailable.Code, Text: ErrUnavailable.Text, Reason: deniedWrapup}
	}
	switch then := m.Then.(type) {
	case TransferChat:
		return s.transferGranted(m, then)
	case Invite:
		return s.inviteGranted(m, OfferInvite, then.Note)
	case Consult:
		return s.inviteGranted(m, OfferConsult, "")
	case ReturnChat:
		return s.returnGranted(m, then)
	case Pick:
		return s.picked(m)
	case AssignTo:
		return s.assigned(m)
	}
	return nil, badState("nothing waits for this slot")
}

func (s *chatStep) slotDenied(m SlotDenied) (any, error) {
	if then, ok := m.Then.(ReturnChat); ok {
		if s.waitsFor(then) {
			s.toQueue("returned")
		}
		return nil, nil
	}
	if _, picks := m.Then.(Pick); picks { // he asked for himself
		switch m.Reason {
		case deniedWrapup:
			return nil, ErrWrapupPending
		case deniedCapacity, deniedChannel:
			return nil, ErrCapacity
		}
	}
	return nil, &Refusal{Code: ErrUnavailable.Code, Text: ErrUnavailable.Text, Reason: m.Reason}
}

func (c *Chat) offerTo(a AgentID) *Offer {
	for i := range c.Offers {
		if c.Offers[i].Agent == a {
			return &c.Offers[i]
		}
	}
	return nil
}

// ring opens an offer of the chat's own.
func (s *chatStep) ring(m SlotGranted, kind OfferKind, from AgentID, note string) {
	o := Offer{ID: m.Offer, Agent: m.Agent, Kind: kind, Started: s.t.Now, Deadline: s.t.Now.Add(s.flows().Accept),
		Attempt: s.Attempts + 1, Name: m.Name, From: from, FromName: s.nameOf(from), Note: note}
	s.emit(Offered{Offer: o, Popover: s.popover()})
	s.tell(s.sendAgent(o.Agent, OfferStart{Slot: s.alertingRow(&o)}))
}

func (s *chatStep) nameOf(a AgentID) string {
	if p := s.participant(a); p != nil {
		return p.Name
	}
	if p := s.t.Config.Agents[a]; p != nil {
		return p.Name
	}
	return string(a)
}

func (s *chatStep) transferGranted(g SlotGranted, m TransferChat) (any, error) {
	if err := s.mayTransfer(m); err != nil {
		return nil, err
	}
	x := s.startTransfer(m)
	s.ring(g, OfferTransfer, x.From, m.Note)
	s.sendOff(x)
	return Result{Transfer: x.ID, Offer: g.Offer}, nil
}

// sendOff lets the sender of a blind transfer go at once. Another agent who
// serves the chat keeps it until the transfer is taken.
func (s *chatStep) sendOff(x Transfer) {
	if x.Mode == Blind {
		s.part(x.From, "transferred", s.nextOwner(x.From), "")
	}
}

// startTransfer opens the transfer in the mode that was asked for or is usual.
func (s *chatStep) startTransfer(m TransferChat) Transfer {
	mode := m.Mode
	switch {
	case mode == "" && m.ToQueue != "":
		mode = cmp.Or(s.flows().QueueTransfer, Stay)
	case mode == "":
		mode = s.flows().TransferMode
	}
	onFail := m.OnFail
	if onFail == "" {
		onFail = s.flows().OnFail
	}
	x := Transfer{ID: string(s.nextOffer()) + "t", Mode: mode, From: s.Owner, ToAgent: m.ToAgent, ToQueue: m.ToQueue, OnFail: onFail}
	s.emit(TransferStarted{Transfer: x, Note: m.Note})
	return x
}

// admitted is the queue's yes to a transfer: the chat waits there beside being
// served (B10), or without its sender when he is gone at once.
func (s *chatStep) admitted(m Admitted) (any, error) {
	then, ok := m.Then.(TransferChat)
	if !ok {
		return nil, badState("nothing waits for this queue")
	}
	if err := s.mayTransfer(then); err != nil {
		return nil, err
	}
	q := s.t.Config.Queues[m.Queue]
	leg, policy, ok := s.leg(m.Queue, s.t.Now, s.LastLeg.Priority, nil, q.TransferBoost)
	if !ok {
		return nil, refusal(ErrBadTarget.Code, "no queue named "+string(m.Queue))
	}
	x := s.startTransfer(then)
	s.sendOff(x)
	s.enqueue(leg, policy, "transfer")
	if q.TransferText != "" {
		s.message(Author{Kind: "queue", Name: q.Name}, ForAll, q.TransferText)
	}
	return Result{Transfer: x.ID}, nil
}

// transferToJoined needs nobody's accept: he is in the chat already.
func (s *chatStep) transferToJoined(p *Participant) (any, error) {
	from, to := s.Owner, p.Agent
	if p.Mode != Talk {
		s.rejoin(p, Talk, true)
	} else {
		s.ownerSet(p)
	}
	s.part(from, "transferred", to, "")
	return Result{}, nil
}

// transferAccepted ends the transfer that the winner's offer belongs to.
func (s *chatStep) transferAccepted(won Offer) {
	x := s.Transfer
	if x == nil {
		return
	}
	s.emit(TransferDone{ID: x.ID, From: x.From, To: won.Agent})
	if x.Mode == Warm && s.joined(x.From) != nil {
		s.part(x.From, "transferred", won.Agent, "")
	}
}

// offerFailed is what an offer that nobody took means for what it was for.
func (s *chatStep) offerFailed(o Offer, why OfferReason) {
	switch o.Kind {
	case OfferTransfer:
		s.transferFailed(string(why))
	case OfferInvite, OfferConsult:
		s.inviteFailed(o, why)
	default:
		s.requeue()
	}
}

// transferFailed is C22 and C24: a warm one is dropped and the sender keeps the
// chat; of a blind one the sender is gone, so the chat goes where he said.
func (s *chatStep) transferFailed(why string) {
	x := s.Transfer
	if x == nil || !s.Live() {
		return
	}
	if s.Owner != "" {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: why, Note: s.saidTo(why)})
		return
	}
	switch {
	case !x.Until.IsZero() || x.OnFail == ReturnToQueue:
		s.toQueue(why)
	case x.OnFail == EndOnFail:
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: why, Note: s.saidTo(why)})
		s.finish(ChatEnded{By: "system", Reason: EndTransfer}, OfferEndedChat)
	default:
		s.emit(TransferReturning{ID: x.ID, Until: s.t.Now.Add(s.t.Config.Desk.ReserveWait)})
		s.tell(Send{To: x.From.Address(), Cmd: Reserve{Offer: s.nextOffer(), Chat: s.ID, Channel: s.Channel, Weight: s.Weight,
			Kind: OfferTransfer, Then: ReturnChat{x.ID}}})
	}
}

func (s *chatStep) returnGranted(g SlotGranted, m ReturnChat) (any, error) {
	if !s.waitsFor(m) {
		return nil, ErrTooLate
	}
	s.ring(g, OfferTransfer, "", "")
	return nil, nil
}

// waitsFor reports whether the sender's answer is still to come.
func (c *Chat) waitsFor(m ReturnChat) bool {
	return c.Transfer != nil && c.Transfer.ID == m.Transfer && !c.returnDue().IsZero()
}

// toQueue puts a chat that nobody has back where it came from, with its age,
// and tells the sender why the transfer failed.
func (s *chatStep) toQueue(why string) {
	if x := s.Transfer; x != nil {
		s.emit(TransferFailed{ID: x.ID, From: x.From, Reason: why, Note: s.saidTo(why)})
	}
	old := s.LastLeg
	leg, policy, ok := s.leg(old.Queue, old.EnteredAt, old.Priority, old.Skills, s.Policy.Regain)
	if !ok {
		s.finish(ChatEnded{By: "system", Reason: EndRefused, Note: "deleted"}, OfferMoved)
		return
	}
	s.enqueue(leg, policy, "transfer")
}

// cancelTransfer is C25.
func (s *chatStep) cancelTransfer(m CancelTransfer) (any, error) {
	if err := s.knows(); err != nil {
		return nil, err
	}
	x := s.Transfer
	switch {
	case !s.Live():
		return nil, ErrEnded
	case x == nil || x.ID != m.Transfer:
		return nil, ErrTooLate
	}
	if err := s.commands(); err != nil {
		return nil, err
	}
	for len(s.Offers) > 0 && s.openOffer(OfferTransfer, OfferRoute) != nil {
		s.endOffer(*s.openOffer(OfferTransfer, OfferRoute), OfferCancelled)
	}
	s.dropLeg("cancelled")
	s.emit(TransferCancelled{ID: x.ID, From: x.From})
	return Result{}, nil
}

func (c *Chat) openOffer(kinds ...OfferKind) *Offer {
	for i := range c.Offers {
		for _, k := range kinds {
			if c.Offers[i].Kind == k {
				return &c.Offers[i]
			}
		}
	}
	return nil
}

// dropLeg takes the chat out of the queue it waits in beside being served.
func (s *chatStep) dropLeg(why string) {
	if s.Leg == nil {
		return
	}
	leg := *s.Leg
	s.emit(LegDropped{Queue: leg.Queue, Reason: why})
	s.tell(s.sendQueue(leg.Queue, Withdraw{Chat: s.ID, ID: leg.ID, Reason: MovedOn}))
}

// returnDue says when the wait for the sender's answer is over.
func (c *Chat) returnDue() time.Time {
	if c.Transfer == nil || len(c.Offers) > 0 {
		return time.Time{}
	}
	return c.Transfer.Until
}
