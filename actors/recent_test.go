package actors

import (
	"strconv"
	"testing"
	"time"
)

func TestAnIdThatHasBeenMetIsNeverCalledNew(t *testing.T) {
	var r recent
	r.whole = true
	at, span := time.Unix(0, 0), 48*time.Hour
	const ids = 20_000
	wrong := 0
	for i := range ids {
		if !r.note(strconv.Itoa(i), at, span) {
			wrong++ // another id has the same mark: allowed, and rare
		}
	}
	if wrong > 3 {
		t.Errorf("%d of %d new ids were taken for old ones", wrong, ids)
	}
	for _, later := range []time.Duration{0, time.Hour, 47 * time.Hour} {
		for i := range ids {
			if r.note(strconv.Itoa(i), at.Add(later), span) {
				t.Fatalf("id %d is called new %s later", i, later)
			}
		}
	}
}

func TestAnIdIsKeptForOneSpanAndForgottenAfterTwo(t *testing.T) {
	var r recent
	r.whole = true
	at, span := time.Unix(1e9, 0), 48*time.Hour
	r.note("early", at, span)
	at = at.Add(span - time.Second)
	r.note("late", at, span)
	at = at.Add(2 * time.Second) // the sets have changed places
	r.note("now", at, span)
	if r.note("late", at.Add(span-time.Minute), span) {
		t.Error("an id was forgotten within its span")
	}
	r.note("x", at.Add(span+time.Second), span)
	if !r.note("early", at.Add(span+2*time.Second), span) {
		t.Error("an id of two spans ago is still kept")
	}
}

func TestNothingIsNewBeforeTheEarlierRowsHaveBeenNoted(t *testing.T) {
	var r recent
	if r.note("first", time.Unix(1e9, 0), time.Hour) {
		t.Error("a command was called new while rows of an earlier life may answer it")
	}
}
