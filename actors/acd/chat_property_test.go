package acd

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestWhateverHappensToAChatItsRulesHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		number := map[int]*rapid.Generator[int]{}
		r := newTrial(func(n int) int {
			if number[n] == nil {
				number[n] = rapid.IntRange(0, n-1)
			}
			return number[n].Draw(rt, "d")
		})
		for range rapid.IntRange(1, 80).Draw(rt, "rounds") {
			if err := r.round(); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// long lives make what is seldom: many offers, many stays, wrap-ups in between.
func TestALongLifeOfAChatKeepsItsRules(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(400) {
		state := seed*0x9e3779b97f4a7c15 + 1
		r := newTrial(func(n int) int {
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			return int(state>>33) % n
		})
		for range 150 {
			if err := r.round(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if r.chat.Phase == PhaseClosed && r.turns%16 == 0 {
				break
			}
		}
		for name, n := range r.books.count {
			seen[name] += n
		}
		for _, why := range r.books.over {
			seen["offer "+string(why)]++
		}
		seen["end "+string(r.chat.EndReason)]++
	}
	for _, must := range []string{"TransferStarted", "TransferDone", "TransferFailed", "TransferCancelled", "TransferReturning", "InviteFailed", "Joined",
		"OwnerSet", "LegDropped", "Prioritized", "Interrupted", "offer taken_over", "offer interrupted", "offer cancelled", "offer moved",
		"end source_removed", "end transfer_failed", "offer accepted", "offer rejected", "offer rona", "offer agent_lost", "offer customer_gone", "offer ended",
		"WaitSaid", "WaitNoticed", "given back", "waits on", "end abandoned", "end customer_idle", "end disconnected", "end max_wait", "end queue_refused", "end forced", "end customer", "end agent"} {
		if seen[must] == 0 {
			t.Errorf("no life had: %s (of %v)", must, seen)
		}
	}
}

// every event of a chat, with every field set, comes back from a journal as
// it was: a field without a number, or with another's, would be lost.
func TestEveryFieldOfEveryEventSurvivesTheJournal(t *testing.T) {
	for _, e := range []Event{ChatStarted{}, Queued{}, Offered{}, OfferEnded{}, Accepted{}, MessageSent{}, ReadMarked{}, CustomerAway{}, CustomerBack{},
		Left{}, WaitedLong{}, AttributesSet{}, ChatEnded{}, WrapupRecorded{}, ChatClosed{},
		TransferStarted{}, TransferDone{}, TransferFailed{}, TransferCancelled{}, TransferReturning{}, InviteFailed{}, Joined{},
		OwnerSet{}, LegDropped{}, Prioritized{}, Labelled{}, Interrupted{},
		IdleWarned{}, AgentIdled{}, Parked{}, Unparked{}, EndProposed{}, EndDeclined{}, Rated{}, WaitSaid{}, WaitNoticed{}} {
		full := reflect.New(reflect.TypeOf(e)).Elem()
		fill(full, new(int))
		want := withoutText(full.Interface().(Event))
		if got := journalled(want); !reflect.DeepEqual(got, want) {
			t.Errorf("the journal made\n%+v of\n%+v", got, want)
		}
	}
	var state ChatState
	fill(reflect.ValueOf(&state).Elem(), new(int))
	if got := decoded[ChatState](state); !reflect.DeepEqual(got, state) {
		t.Errorf("the snapshot made\n%+v of\n%+v", got, state)
	}
}

// fill sets every field of v to a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(rune('a'+*n%26)) + v.Type().Name())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(morning) {
			v.Set(reflect.ValueOf(morning.AddDate(0, 0, *n)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("no value for " + v.Type().String())
	}
}
