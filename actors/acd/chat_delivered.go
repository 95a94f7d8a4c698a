package acd

// Heard says that a client of the asker's has everything up to a message. It
// changes nothing: a receipt is shown to who is there, and a marker that
// stays is what read sets.
type Heard struct{ Upto uint64 }

// DeliveredShown is the receipt. It is no event: the latest wins.
type DeliveredShown struct {
	Chat ChatID
	By   Author
	Upto uint64
}

func (Heard) command()        {}
func (DeliveredShown) event() {}

// heard tells the other side. Of who only reads along nobody hears.
func (s *chatStep) heard(m Heard) error {
	author, err := s.author()
	p := s.partOf(author)
	if err != nil || !s.Live() || p != nil && p.Mode != Talk {
		return nil
	}
	e := DeliveredShown{Chat: s.ID, By: author, Upto: min(m.Upto, s.Messages)}
	if p != nil {
		s.out.News = append(s.out.News, News{To: s.Customer.ID.Stream(), View: ToCustomer, Event: e, Ephemeral: true})
		return nil
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Joined {
			s.out.News = append(s.out.News, News{To: p.Agent.Stream(), View: ToAgent, Event: e, Ephemeral: true})
		}
	}
	return nil
}
