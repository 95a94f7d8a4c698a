package outbound

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
)

var update = flag.Bool("update", false, "write the golden file of the events' data")

// fill puts something into every field, so that each has to be told.
func fill(v reflect.Value, depth int) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)))
		return
	case v.Type() == durationType:
		v.SetInt(int64(1500 * time.Millisecond))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int8:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint64, reflect.Uint32, reflect.Uint8:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if depth < 6 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), depth+1)
		}
	case reflect.Pointer:
		if depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth+1)
		}
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k").Convert(v.Type().Key()), value)
	}
}

// TestTheDataOfEveryEventIsAsReceiversKnowIt holds names and forms: a change of
// a line breaks receivers, a new line does not.
func TestTheDataOfEveryEventIsAsReceiversKnowIt(t *testing.T) {
	const file = "testdata/events.golden"
	var lines [][]byte
	for _, e := range actors.Events() {
		v := reflect.New(reflect.TypeOf(e)).Elem()
		fill(v, 0)
		body, err := json.Marshal(dataOf(v.Interface().(acd.Event)))
		if err != nil {
			t.Fatalf("%T: %v", e, err)
		}
		lines = append(lines, fmt.Appendf(nil, "%s %s\n", snake(reflect.TypeOf(e).Name()), body))
	}
	slices.SortFunc(lines, bytes.Compare)
	is := bytes.Join(lines, nil)
	if *update {
		if err := os.WriteFile(file, is, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, line := range lines {
		there[string(line)] = true
	}
	for line := range bytes.Lines(golden) {
		if !there[string(line)] {
			t.Errorf("receivers know\n%sand that is not what they would get", line)
		}
	}
}

func TestNamesOfFieldsAreWords(t *testing.T) {
	for name, want := range map[string]string{
		"PresenceSet": "presence_set", "CloseAt": "close_at", "ID": "id", "OfferID": "offer_id", "RONAReturn": "rona_return", "By": "by",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, expected %s", name, got, want)
		}
	}
}
