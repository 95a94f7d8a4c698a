package acd

import "fmt"

// Check implements Machine: the invariants of model section 11 that one chat
// can break by itself.
func (c *Chat) Check() error {
	for _, rule := range []func() error{c.checkOwner, c.checkOffers, c.checkHeld, c.checkWait, c.checkEnd} {
		if err := rule(); err != nil {
			return fmt.Errorf("chat %s: %w", c.ID, err)
		}
	}
	return nil
}

// checkOwner is I1: an active chat has exactly one owner, who is in it; nobody
// owns a chat that waits or is over.
func (c *Chat) checkOwner() error {
	switch {
	case c.Phase == PhaseActive && (c.serving(c.Owner) == nil || c.serving(c.Owner).Mode != Talk):
		return fmt.Errorf("I1: active, and its owner %q does not serve it", c.Owner)
	case c.Phase != PhaseActive && c.Owner != "":
		return fmt.Errorf("I1: %q owns a chat that is %s", c.Owner, c.Phase)
	}
	return nil
}

// checkOffers is I3: an id has one fate.
func (c *Chat) checkOffers() error {
	seen := map[AgentID]bool{}
	for i := range c.Offers {
		o := &c.Offers[i]
		switch {
		case !c.Live():
			return fmt.Errorf("I3: offer %s is open on a chat that is %s", o.ID, c.Phase)
		case c.past(o.ID) != nil:
			return fmt.Errorf("I3: offer %s is open and ended", o.ID)
		case o.Kind == OfferRoute && c.Leg == nil:
			return fmt.Errorf("I3: offer %s is a queue's, and the chat waits in none", o.ID)
		case seen[o.Agent] || c.serving(o.Agent) != nil:
			return fmt.Errorf("I3: rings twice at %s", o.Agent)
		}
		seen[o.Agent] = true
	}
	return nil
}

// checkHeld is I4: a live chat has an owner, a queue or an offer, and one that
// waits has a queue.
func (c *Chat) checkHeld() error {
	switch {
	case c.Phase == PhaseQueued && c.Leg == nil && c.openOffer(OfferTransfer) == nil && c.returnDue().IsZero():
		return fmt.Errorf("I4: waits in no queue")
	case c.Leg != nil && !c.Live():
		return fmt.Errorf("I4: %s and still in queue %s", c.Phase, c.Leg.Queue)
	}
	return nil
}

// checkWait: what is said to who waits is counted while he waits, saying by
// saying.
func (c *Chat) checkWait() error {
	w := c.Waits
	if w == nil {
		return nil
	}
	switch {
	case c.Phase != PhaseQueued || c.Leg == nil:
		return fmt.Errorf("waits since %s and is %s", w.From, c.Phase)
	case len(w.Said) > 0 && len(w.Said) != len(c.Policy.Sayings):
		return fmt.Errorf("counts %d sayings of %d", len(w.Said), len(c.Policy.Sayings))
	}
	return nil
}

// checkEnd is I7 and I12: what is over is over, and a debt is owed once.
func (c *Chat) checkEnd() error {
	if c.Phase == PhaseClosed && len(c.Owing) > 0 {
		return fmt.Errorf("I7: closed with a wrap-up owed by %s", c.Owing[0].Agent)
	}
	seen := map[AgentID]bool{}
	for _, o := range c.Owing {
		if seen[o.Agent] {
			return fmt.Errorf("I12: %s owes two wrap-ups", o.Agent)
		}
		seen[o.Agent] = true
	}
	return nil
}
