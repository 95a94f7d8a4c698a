package acd

// Veil is given, one after the other and always in the same order, the words
// that people have said or are known by: names and attributes of customers,
// subjects, notes, comments. It may change them. The chat is the one whose
// erasure takes them along; none is for words that belong to no chat.
//
// The text of messages is not among them: it never was in an event.
type Veil interface {
	Text(chat ChatID, text *string)
	Facts(chat ChatID, facts *map[string]string)
}

// VeilEvent puts what v has made of its words into the event that e points at.
// All that the event refers to stays as it is. Own is the chat in whose journal
// it stands, if it is a chat's.
func VeilEvent(own ChatID, e any, v Veil) {
	switch e := e.(type) {
	case *ChatStarted:
		e.Customer.words(own, v)
		v.Text(own, &e.Subject)
	case *Offered:
		v.Text(own, &e.Offer.Note)
		v.Text(own, &e.Popover.Customer)
		v.Facts(own, &e.Popover.Attributes)
	case *OfferEnded:
		v.Text(own, &e.Note)
	case *Accepted:
		e.View.words(own, v)
	case *Joined:
		e.View.words(own, v)
	case *AttributesSet:
		v.Facts(own, &e.Set)
	case *ChatEnded:
		v.Text(own, &e.Note)
	case *WrapupRecorded:
		v.Text(own, &e.Notes)
	case *TransferStarted:
		v.Text(own, &e.Note)
	case *TransferFailed:
		v.Text(own, &e.Note)
	case *InviteFailed:
		v.Text(own, &e.Note)
	case *AssistAsked:
		e.words(own, v)
	case *Rated:
		v.Text(own, &e.Text)
	default:
		veilDesk(e, v)
	}
}

// veilDesk is VeilEvent for what stands in an agent's journal.
func veilDesk(e any, v Veil) {
	switch e := e.(type) {
	case *WrapupStarted:
		v.Text(e.Debt.Chat, &e.Debt.Notes)
	case *WrapupSaved:
		v.Text(e.Chat, &e.Notes)
	case *WrapupDone:
		v.Text(e.Chat, &e.Notes)
	case *WrapupAmended:
		v.Text(e.Chat, &e.Notes)
	case *DirectSaid:
		v.Text("", &e.Text)
	}
}

func (c *Customer) words(own ChatID, v Veil) {
	v.Text(own, &c.Name)
	v.Facts(own, &c.Attributes)
}

func (a *AssistAsked) words(own ChatID, v Veil) {
	v.Text(own, &a.Text)
	v.Text(own, &a.Customer)
}

func (w *ChatView) words(own ChatID, v Veil) {
	v.Text(own, &w.Customer)
	v.Facts(own, &w.Attributes)
	v.Text(own, &w.Subject)
	w.Rating = ratingWords(own, w.Rating, v)
	w.Assist = assistWords(own, w.Assist, v)
}

func ratingWords(own ChatID, r *Rated, v Veil) *Rated {
	if r == nil {
		return nil
	}
	rated := *r
	v.Text(own, &rated.Text)
	return &rated
}

func assistWords(own ChatID, a *AssistAsked, v Veil) *AssistAsked {
	if a == nil {
		return nil
	}
	asked := *a
	asked.words(own, v)
	return &asked
}

// Words returns a copy of the state with what v has made of its words.
func (c ChatState) Words(own ChatID, v Veil) ChatState {
	c.Customer.words(own, v)
	v.Text(own, &c.Subject)
	c.Offers = append([]Offer(nil), c.Offers...)
	for i := range c.Offers {
		v.Text(own, &c.Offers[i].Note)
	}
	c.Filed = append([]WrapupRecorded(nil), c.Filed...)
	for i := range c.Filed {
		v.Text(own, &c.Filed[i].Notes)
	}
	c.Rating = ratingWords(own, c.Rating, v)
	c.Assist = assistWords(own, c.Assist, v)
	return c
}

// Words returns a copy of the state with what v has made of its words.
func (s DeskState) Words(v Veil) DeskState {
	s = s.clone()
	for i := range s.Debts {
		v.Text(s.Debts[i].Chat, &s.Debts[i].Notes)
	}
	for i := range s.Settled {
		v.Text(s.Settled[i].Done.Chat, &s.Settled[i].Done.Notes)
	}
	return s
}

// Forget tells a machine in memory that a chat's words have been erased: it is
// from now on what a replay of its journal gives. It makes no event, as the
// journal already says so by what it has lost.
type Forget struct{ Chat ChatID }

func (Forget) command() {}

// blank is the veil of what has been erased.
type blank struct{ of ChatID }

func (b blank) Text(chat ChatID, text *string) {
	if chat == b.of {
		*text = ""
	}
}

func (b blank) Facts(chat ChatID, facts *map[string]string) {
	if chat == b.of {
		*facts = nil
	}
}
