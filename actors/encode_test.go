package actors

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/quick"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// sameBytes holds an encoder made by hand to the general one, for values of
// every shape: fields empty and full, numbers of every width.
func sameBytes[T any](t *testing.T, name string, byHand func([]byte, *T) []byte) {
	t.Helper()
	chance := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var v T
		fill(chance, reflect.ValueOf(&v).Elem())
		want, err := encoding.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got := byHand(nil, &v); !bytes.Equal(got, want) {
			t.Fatalf("%s: %+v\nby hand %x\ngeneral %x", name, v, got, want)
		}
	}
}

// fill gives v a random value, and leaves half of all fields empty.
func fill(r *rand.Rand, v reflect.Value) {
	if r.IntN(2) == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(bytes.Repeat([]byte("ü"), r.IntN(200)>>r.IntN(8))))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Uint64:
		v.SetUint(r.Uint64() >> r.IntN(64))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(r, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(30), 30))
		for i := range v.Len() {
			fill(r, v.Index(i))
		}
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(256)))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(30) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, key)
			fill(r, elem)
			v.SetMapIndex(key, elem)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(r.Int64N(4e9), r.Int64N(1e9)/1e6*1e6)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // the others are on no disk
				fill(r, v.Field(i))
			}
		}
	default:
		panic("no way to fill " + v.Type().String())
	}
}

func TestWhatIsEncodedByHandHasTheBytesOfTheGeneralEncoder(t *testing.T) {
	sameBytes(t, "MessageSent", appendMessageSent)
	sameBytes(t, "textRow", func(b []byte, row *textRow) []byte {
		if row.Sealed == nil {
			return append(b, mustEncode(row)...) // there is none without a nonce
		}
		return appendTextRow(b, row, len(row.Sealed), func(b []byte) []byte { return append(b, row.Sealed...) })
	})
	sameBytes(t, "Result", appendResult)
	sameBytes(t, "SlotRow", appendSlotRow)
	sameBytes(t, "outcome", appendOutcome)
}

// TestAPlanHasTheBytesOfTheGeneralEncoder holds plans to the general encoder for
// all that is ever written: events, states, rows.
func TestAPlanHasTheBytesOfTheGeneralEncoder(t *testing.T) {
	written := []any{liveRow{}, textRow{}, outcome{}, acd.Enqueue{}, acd.SlotRow{}, Segment{}, servedRow{}, said{},
		[]sealedWords{}, acd.ChatState{}, acd.DeskState{}, acd.QueueState{}, amendedRow{}, TrailEntry{}, Revocation{},
		MintedToken{}, KeptAnswer{}}
	for _, e := range eventTypes {
		if e != nil {
			written = append(written, e)
		}
	}
	chance := rand.New(rand.NewPCG(3, 4))
	for _, of := range written {
		for range 200 {
			v := reflect.New(reflect.TypeOf(of))
			fill(chance, v.Elem())
			for _, v := range []any{v.Elem().Interface(), v.Interface()} {
				want := encodeGenerally(v)
				if got := mustEncode(v); !bytes.Equal(got, want) {
					t.Fatalf("%T %+v\nplanned %x\ngeneral %x", v, v, got, want)
				}
			}
		}
	}
}

func TestAnEventIsReadBackAsItWasEncoded(t *testing.T) {
	same := func(seq uint64, kind, id string, unread int) bool {
		e := acd.MessageSent{Message: acd.Message{Seq: seq, Author: acd.Author{Kind: kind, ID: id}, SentAt: time.Unix(5, 0).UTC()},
			Unread: []acd.Unread{{Agent: "a", Count: unread}}}
		d := reader{b: appendSized(nil, &e)}
		got, err := decodeEvent(6, d.bytes())
		return err == nil && reflect.DeepEqual(got, acd.Event(e))
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}
