package acd

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"
)

const (
	// maxNotes bounds the notes of a wrap-up, in code points.
	maxNotes = 4000
	// maxOptional bounds the wrap-ups that he may give and does not; the oldest
	// closes itself.
	maxOptional = 32
)

// released opens the debt that the end of a chat leaves, or frees the slot
// when there is none (A18). It may come again, and late: what it means is
// certain for the time of the chat that he knows himself to be in. Else the
// chat is asked.
func (s *agentStep) released(c Released) {
	c.Spec.normalize()
	slot, debt := s.slotOf(c.Chat), s.state.debt(c.Chat)
	mine := slot != nil && sameTime(slot.Offer, c.Offer)
	if !mine || !slot.live() {
		switch done := s.state.settled(c.Chat); {
		case debt != nil && sameTime(debt.Offer, c.Offer), s.left(c.Chat, c.Offer):
			return
		case done != nil && sameTime(done.Done.Offer, c.Offer):
			s.file(*done)
			return
		case !mine && s.over.has(c.Offer):
			return
		}
	}
	another := slot != nil && slot.State != SlotReserved && !mine
	switch {
	case (another || debt != nil) && !c.Sure:
		s.ask(SlotRow{Chat: c.Chat, Offer: c.Offer}, SlotConnected, true)
		if another {
			s.ask(slot.SlotRow, slot.State, true)
		}
		return
	case another && c.Spec.Mode == WrapupNone:
		return // he is in it once more
	case debt != nil:
		s.returned(*debt)
	}
	s.leaves(c, slot)
}

// leaves lets a chat go, with the debt that it asks for.
func (s *agentStep) leaves(c Released, slot *agentSlot) {
	debt := Debt{Chat: c.Chat, Since: s.t.Now, Offer: c.Offer, Weight: c.Weight, Channel: c.Channel}
	if slot != nil {
		debt.Weight, debt.Channel, debt.Offer = slot.Weight, slot.Channel, cmp.Or(c.Offer, slot.Offer)
		if slot.Offer != "" {
			s.over.add(slot.Offer)
		}
		s.free(c.Chat)
	}
	spec := c.Spec
	if spec.Mode == WrapupNone {
		s.freed = remember(s.freed, stay{c.Chat, debt.Offer})
		s.emit(SlotFreed{Chat: c.Chat})
		return
	}
	debt.Spec = spec
	if spec.Mode == WrapupTimed {
		debt.Deadline, debt.Left = s.t.Now.Add(spec.Limit), spec.Extensions
	}
	s.emit(WrapupStarted{Debt: debt})
	s.boundOptional()
}

// stay is one time that he has a chat; another one begins with another offer.
type stay struct {
	chat  ChatID
	offer OfferID
}

// left reports whether a chat has left him without a debt, at the end of the
// stay that began with an offer.
func (a *Agent) left(chat ChatID, offer OfferID) bool {
	return slices.ContainsFunc(a.freed, func(s stay) bool { return s.chat == chat && sameTime(s.offer, offer) })
}

// forgive lets go of a chat that cannot be read any more, and of a wrap-up that
// is owed for it: there is nobody to file it with.
func (s *agentStep) forgive(chat ChatID) {
	debt, offer := s.state.debt(chat), OfferID("")
	if slot := s.slotOf(chat); slot != nil {
		offer = slot.Offer
		s.over.add(offer)
		s.free(chat)
	} else if debt == nil {
		return
	}
	s.freed = remember(s.freed, stay{chat, offer})
	if debt != nil {
		s.emit(WrapupDone{Chat: chat, Code: debt.Code, Notes: debt.Notes, By: bySystem, At: s.t.Now, Offer: debt.Offer})
	}
	s.emit(SlotFreed{Chat: chat})
}

// boundOptional closes the oldest of too many wrap-ups that nobody has to give.
func (s *agentStep) boundOptional() {
	n, oldest := 0, ChatID("")
	for i := range s.state.Debts {
		if d := &s.state.Debts[i]; !d.due() {
			if n++; n == 1 {
				oldest = d.Chat
			}
		}
	}
	if n > maxOptional {
		s.closeBy(oldest, byTimeout)
	}
}

// wrapup closes a debt with the person's word, or puts right the clock's (A19).
func (s *agentStep) wrapup(c Wrapup) error {
	debt := s.state.debt(c.Chat)
	if debt == nil {
		return s.amend(c)
	}
	if err := checkWrapup(debt.Spec, c.Code, c.Notes); err != nil {
		return err
	}
	if c.Code == "" && debt.Spec.Mode == WrapupMandatory {
		return ErrBadCode
	}
	s.done(WrapupDone{Chat: c.Chat, Code: c.Code, Notes: c.Notes, By: s.by(), At: s.t.Now})
	return nil
}

// amend answers a wrap-up for which there is no debt: it may be too late, it
// may be the second one, or put right what the clock wrote in the first one's
// place.
func (s *agentStep) amend(c Wrapup) error {
	settled := s.state.settled(c.Chat)
	if settled == nil {
		if s.slotOf(c.Chat) != nil {
			return badState("the chat is still open: end or leave it first")
		}
		return ErrNotFound
	}
	inTime := !s.t.Now.After(settled.Done.At.Add(s.desk.AmendWindow))
	if settled.Done.By != byTimeout || !inTime || c.Code == "" {
		s.out.Result = Result{Already: "already_done"}
		return nil
	}
	if err := checkWrapup(settled.Spec, c.Code, c.Notes); err != nil {
		return err
	}
	s.emit(WrapupAmended{Chat: c.Chat, Code: c.Code, Notes: c.Notes, Of: settled.Done.At})
	s.file(*s.state.settled(c.Chat))
	return nil
}

// checkWrapup checks a code, if one is given, and notes.
func checkWrapup(spec WrapupPolicy, code, notes string) error {
	known := func(w WrapupCode) bool { return w.Code == code }
	if code != "" && len(spec.Codes) > 0 && !slices.ContainsFunc(spec.Codes, known) {
		return ErrBadCode
	}
	if utf8.RuneCountInString(code) > maxReason {
		return ErrBadCode
	}
	if notes != "" && !spec.Notes {
		return badState("this queue takes no notes")
	}
	if n := utf8.RuneCountInString(notes); n > maxNotes {
		return &Refusal{Code: ErrTooLong.Code, Text: ErrTooLong.Text, Max: maxNotes, Got: n}
	}
	return nil
}

// returned closes a debt because the chat has come back to him: what he did for
// it goes on. The chat knows.
func (s *agentStep) returned(debt Debt) {
	s.emit(WrapupDone{Chat: debt.Chat, By: byReturned, At: s.t.Now, Offer: debt.Offer})
}

// servedAnew reports whether a slot is of a later time that he serves the chat
// than his debt.
func servedAnew(row SlotRow, debt *Debt) bool {
	if row.Offer == "" || debt.Offer == "" {
		return row.Since.After(debt.Since)
	}
	return row.Offer != debt.Offer
}

// done closes a debt and tells the chat.
func (s *agentStep) done(e WrapupDone) {
	if debt := s.state.debt(e.Chat); debt != nil {
		e.Offer = debt.Offer
	}
	s.emit(e)
	s.file(*s.state.settled(e.Chat))
	s.emit(SlotFreed{Chat: e.Chat})
}

// closeBy closes a debt in the person's place, with his draft if there is one.
func (s *agentStep) closeBy(chat ChatID, by string) {
	debt := s.state.debt(chat)
	e := WrapupDone{Chat: chat, Code: debt.Code, Notes: debt.Notes, By: by, At: s.t.Now}
	if e.Code == "" {
		e.Code = by
	}
	s.done(e)
}

func (s *agentStep) file(d Settled) { s.send(d.Done.Chat.Address(), fileKey(d), filing(s.id, d)) }

func fileKey(d Settled) string { return "wrapup/" + string(d.Done.Chat) }

func filing(agent AgentID, d Settled) WrapupFiled {
	return WrapupFiled{Chat: d.Done.Chat, Agent: agent, Code: d.Done.Code, Notes: d.Done.Notes, By: d.Done.By,
		Offer: d.Done.Offer}
}

// Pending is what a chat may not have heard: codes that were put right. All
// else follows from the slots that Restore brings.
func (a *Agent) Pending() []Send {
	var sends []Send
	for _, d := range a.state.Settled {
		if d.Amended {
			sends = append(sends, Send{To: d.Done.Chat.Address(), Cmd: filing(a.id, d), Key: fileKey(d)})
		}
	}
	return sends
}

func (s *agentStep) saveWrapup(c SaveWrapup) error {
	debt, err := s.openDebt(c.Chat)
	if err != nil {
		return err
	}
	if err := checkWrapup(debt.Spec, c.Code, c.Notes); err != nil {
		return err
	}
	if debt.Code != c.Code || debt.Notes != c.Notes {
		s.emit(WrapupSaved(c))
	}
	return nil
}

// extendWrapup gives a timed debt more time (A20).
func (s *agentStep) extendWrapup(chat ChatID) error {
	debt, err := s.openDebt(chat)
	switch {
	case err != nil:
		return err
	case debt.Spec.Mode != WrapupTimed:
		return badState("only a timed wrap-up can be extended")
	case debt.Left <= 0:
		return badState("no extensions are left")
	}
	e := WrapupExtended{Chat: chat, Deadline: debt.Deadline.Add(debt.Spec.Extend), Left: debt.Left - 1}
	s.emit(e)
	s.out.Result = Result{ExpiresAt: e.Deadline, Left: e.Left}
	return nil
}

func (s *agentStep) openDebt(chat ChatID) (*Debt, error) {
	if debt := s.state.debt(chat); debt != nil {
		return debt, nil
	}
	if s.state.settled(chat) != nil {
		return nil, ErrTooLate
	}
	return nil, ErrNotFound
}

// closeDue closes the debts whose time is over (A21), and those of who never
// came back (A24).
func (s *agentStep) closeDue() {
	for _, d := range slices.Clone(s.state.Debts) {
		switch lost := s.lostDebtDue(d); {
		case !d.Deadline.IsZero() && !s.t.Now.Before(d.Deadline):
			s.closeBy(d.Chat, byTimeout)
		case !lost.IsZero() && !s.t.Now.Before(lost):
			s.closeBy(d.Chat, byLost)
		}
	}
}

// lostDebtDue is when the debt of a person who stays away closes; zero is never.
func (a *Agent) lostDebtDue(d Debt) time.Time {
	if a.link != linkLost || a.desk.WrapupMax <= 0 {
		return time.Time{}
	}
	from := d.Since
	if a.state.Presence.Since.After(from) {
		from = a.state.Presence.Since
	}
	return from.Add(a.desk.WrapupMax)
}
