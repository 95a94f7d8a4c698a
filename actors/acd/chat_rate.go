package acd

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Rate is the customer's judgement, after the end, once. It is taken for as
// long as the queue's RatingWindow says: a chat that can still be rated is
// ended and not closed, so that nothing ever follows the close (I7).
type Rate struct {
	Score int // 1 to 5
	Text  string
	// To are the supervisors who look at the board of chats just now.
	To []Overseer
}

// Rated is what the customer thought of it.
type Rated struct {
	Score int       `cbor:"1,keyasint"`
	Text  string    `cbor:"2,keyasint,omitempty"`
	At    time.Time `cbor:"3,keyasint"`
}

const (
	bestScore = 5
	// maxRating bounds what he says of it, in code points.
	maxRating = 1000
)

func (s *chatStep) rate(m Rate) (any, error) {
	author, err := s.author()
	switch n := utf8.RuneCountInString(m.Text); {
	case err != nil:
		return nil, err
	case author.Kind != "customer":
		return nil, ErrForbidden
	case m.Score < 1 || m.Score > bestScore:
		return nil, badState("a score is a number from 1 to 5")
	case n > maxRating:
		return nil, tooLong("the text is too long", maxRating, n)
	case s.Live():
		return nil, badState("the chat has not ended yet")
	case s.Rating != nil:
		return nil, refusal(ErrTooLate.Code, "it has been rated already")
	case !s.rateable(s.t.Now):
		return nil, refusal(ErrTooLate.Code, "it cannot be rated any more")
	}
	rated := Rated{Score: m.Score, Text: m.Text, At: s.t.Now}
	s.emit(rated)
	s.ratedAudience(m.To, rated)
	s.closeIfSettled()
	return Result{}, nil
}

// ratedAudience is who watches: those who oversaw the chat to its end, and those
// at whose boards it was, each once. Who looks at the chat later finds the
// rating in it.
func (s *chatStep) ratedAudience(boards []Overseer, e Event) {
	told := slices.Clone(s.Watched)
	for _, o := range boards {
		if (o.Scope == "" || s.within(o.Scope)) && !slices.Contains(told, o.Agent) {
			told = append(told, o.Agent)
		}
	}
	for _, a := range told {
		s.news(a.Stream(), ToOverseer, e)
	}
}

// rateable reports whether a judgement may still come.
func (c *Chat) rateable(now time.Time) bool {
	return c.Phase == PhaseEnded && c.Rating == nil && !c.RateUntil.IsZero() && now.Before(c.RateUntil)
}

// rateUntil is how long a chat that ends now can be rated: not at all if nobody
// has served it.
func (s *chatStep) rateUntil() time.Time {
	q := s.t.Config.Queues[s.LastLeg.Queue]
	if q == nil || q.RatingWindow <= 0 {
		return time.Time{}
	}
	for i := range s.Participants {
		if p := &s.Participants[i]; p.Mode == Talk {
			return s.t.Now.Add(q.RatingWindow)
		}
	}
	return time.Time{}
}

// ratingDue is when an ended chat closes without having been rated. While a
// wrap-up is owed it stays open anyway.
func (c *Chat) ratingDue() time.Time {
	if c.Phase != PhaseEnded || c.Rating != nil || len(c.Owing) > 0 {
		return time.Time{}
	}
	return c.RateUntil
}

func (Rate) command() {}
func (Rated) event()  {}
