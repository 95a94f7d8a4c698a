package acd

import "time"

// Underway is what goes on in a chat beside its talk: what has been told as
// events already, for a desk that starts anew.
type Underway struct {
	// Asked are those whom its agents have asked and who have not answered.
	Asked []Asking `cbor:"1,keyasint,omitempty"`
	// Ending is who has asked the customer for the end.
	Ending     AgentID `cbor:"2,keyasint,omitempty"`
	EndingName string  `cbor:"3,keyasint,omitempty"`
	// Warned says that the silent customer was warned, and IdleCloseAt when he
	// is sent away, if he is.
	Warned      bool      `cbor:"4,keyasint,omitempty"`
	IdleCloseAt time.Time `cbor:"5,keyasint,omitzero"`
	// Unanswered is since when the customer waits, once the owner was reminded.
	Unanswered time.Time `cbor:"6,keyasint,omitzero"`
	Parked     bool      `cbor:"7,keyasint,omitempty"` // takes no capacity
	// Interrupted says that its source is gone; it ends by itself at CloseAt.
	Interrupted bool      `cbor:"8,keyasint,omitempty"`
	CloseAt     time.Time `cbor:"9,keyasint,omitzero"`
}

// Asking is a transfer, an invitation or a consultation that is not answered.
type Asking struct {
	Kind OfferKind `cbor:"1,keyasint"`
	// Transfer takes a transfer back, Offer an invitation or a consultation.
	Transfer string  `cbor:"2,keyasint,omitempty"`
	Offer    OfferID `cbor:"3,keyasint,omitempty"`
	By       AgentID `cbor:"4,keyasint,omitempty"`
	Agent    AgentID `cbor:"5,keyasint,omitempty"`
	Queue    QueueID `cbor:"6,keyasint,omitempty"`
	Name     string  `cbor:"7,keyasint,omitempty"` // of the agent or the queue
}

// underway is what goes on in a live chat, nil for nothing.
func (c *Chat) underway() *Underway {
	if c.Phase != PhaseActive {
		return nil
	}
	u := Underway{Asked: c.asking(), Warned: c.Idle.Warned, Parked: c.Idle.Parked, Interrupted: c.Interrupted}
	if p := c.proposed(); p != nil {
		u.Ending, u.EndingName = p.Agent, p.Name
	}
	if u.Warned {
		u.IdleCloseAt = c.Idle.CloseAt
	}
	if c.Idle.Nudged {
		u.Unanswered = c.Idle.Unanswered
	}
	if u.Interrupted {
		u.CloseAt = c.CloseAt
	}
	if u.Asked == nil && u.Ending == "" && !u.Warned && u.Unanswered.IsZero() && !u.Parked && !u.Interrupted {
		return nil
	}
	return &u
}

// asking is who has been asked and has not answered.
func (c *Chat) asking() []Asking {
	var all []Asking
	for i := range c.Offers {
		switch o := &c.Offers[i]; o.Kind {
		case OfferInvite, OfferConsult:
			all = append(all, Asking{Kind: o.Kind, Offer: o.ID, By: o.From, Agent: o.Agent, Name: o.Name})
		case OfferTransfer:
			if x := c.Transfer; x != nil && x.ToAgent != "" {
				all = append(all, Asking{Kind: o.Kind, Transfer: x.ID, By: x.From, Agent: o.Agent, Name: o.Name})
			}
		case OfferRoute:
		}
	}
	if x := c.Transfer; x != nil && x.ToQueue != "" {
		all = append(all, Asking{Kind: OfferTransfer, Transfer: x.ID, By: x.From, Queue: x.ToQueue, Name: c.waitPolicy().QueueName})
	}
	return all
}
