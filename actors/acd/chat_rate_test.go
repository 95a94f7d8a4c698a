package acd

import (
	"strings"
	"testing"
	"time"
)

func rating(c *Config) { c.Queues["support"].RatingWindow = 10 * time.Minute }

func TestACustomerRatesOnceAfterTheEndAndThenTheChatCloses(t *testing.T) {
	p := served(t, rating)
	p.refused(kim, Rate{Score: 5}, badState("the chat has not ended yet"))
	p.must(kim, LeaveChat{})
	p.must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "agent"})
	if p.chat.Phase != PhaseEnded {
		t.Fatalf("%s, and may still be rated", p.chat.Phase)
	}
	p.refused(alice, Rate{Score: 5}, ErrForbidden)
	p.refused(lee, Rate{Score: 5}, ErrNotFound)
	p.refused(kim, Rate{}, badState("a score is a number from 1 to 5"))
	p.refused(kim, Rate{Score: 6}, badState("a score is a number from 1 to 5"))
	p.refused(kim, Rate{Score: 1, Text: strings.Repeat("é", maxRating+1)}, ErrTooLong)
	p.expect(kim, Rate{Score: 4, Text: "quick"}, `
		event Rated
		event ChatClosed
		ok`)
	p.refused(kim, Rate{Score: 1}, refusal("too_late", "it has been rated already"))
	if v := p.chat.View(""); v.Rating == nil || v.Rating.Score != 4 || v.Rating.Text != "quick" {
		t.Errorf("a supervisor sees %+v", v.Rating)
	}
}

func TestAChatThatNobodyRatesClosesWhenTheTimeIsOver(t *testing.T) {
	p := served(t, rating)
	p.must(alice, EndChat{})
	if at := p.chat.Deadline(); !at.IsZero() {
		t.Errorf("due at %v with a wrap-up owed", at)
	}
	p.at(time.Minute).must(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "agent"})
	if want := morning.Add(10 * time.Minute); !p.chat.Deadline().Equal(want) {
		t.Errorf("due at %v, want %v", p.chat.Deadline(), want)
	}
	p.at(10*time.Minute).expect(nobody, Tick{}, `event ChatClosed`)
	p.refused(kim, Rate{Score: 5}, refusal("too_late", "it cannot be rated any more"))
}

func TestAWrapupThatComesLateClosesAChatWhoseTimeForRatingIsOver(t *testing.T) {
	p := served(t, rating)
	p.must(alice, EndChat{})
	p.at(time.Hour).refused(kim, Rate{Score: 5}, refusal("too_late", "it cannot be rated any more"))
	p.expect(nobody, Tick{}, ``)
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "agent"}, `
		event WrapupRecorded alice solved
		event ChatClosed`)
}

func TestARatingMayComeBeforeTheWrapup(t *testing.T) {
	p := served(t, rating)
	p.must(alice, EndChat{})
	p.expect(kim, Rate{Score: 5}, `
		event Rated
		ok`)
	p.expect(nobody, WrapupFiled{Chat: "c1", Agent: "alice", Code: "solved", By: "agent"}, `
		event WrapupRecorded alice solved
		event ChatClosed`)
}

func TestAChatThatNobodyServedIsNotRated(t *testing.T) {
	p := newPlay(t, rating).start()
	p.must(kim, EndChat{})
	if p.chat.Phase != PhaseClosed {
		t.Errorf("%s after it was abandoned", p.chat.Phase)
	}
	p.refused(kim, Rate{Score: 5}, refusal("too_late", "it cannot be rated any more"))
}
