package outbound

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
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

// TestTheDataOfEveryEventIsAsReceiversKnowIt holds names and forms: what is
// taken away or changed breaks receivers, what is added does not.
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
	told := map[string]any{}
	for _, line := range lines {
		name, body, _ := bytes.Cut(line, []byte(" "))
		told[string(name)] = parsed(t, body)
	}
	for line := range bytes.Lines(golden) {
		name, body, _ := bytes.Cut(line, []byte(" "))
		if field := missing(parsed(t, body), told[string(name)]); field != "" {
			t.Errorf("receivers know %s%s of\n%sand that is not what they would get: %v", name, field, line, told[string(name)])
		}
	}
}

func parsed(t *testing.T, body []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}

// missing is the first field that is not in what is told any more, or is
// something else there.
func missing(known, told any) string {
	switch known := known.(type) {
	case map[string]any:
		is, _ := told.(map[string]any)
		for name, value := range known {
			if field := missing(value, is[name]); field != "" {
				return "." + name + strings.TrimPrefix(field, ".")
			}
		}
		if is == nil {
			return "."
		}
		return ""
	case []any:
		is, _ := told.([]any)
		if len(is) != len(known) {
			return "."
		}
		return missing(known[0], is[0])
	}
	if known != told {
		return "."
	}
	return ""
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
