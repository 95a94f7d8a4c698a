package outbound

import (
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/parley-engine/parley/actors/acd"
)

// kindOf is the type of an event without its prefix: whose it is and what
// happened, chat.started or agent.presence_set.
func kindOf(of acd.Kind, e acd.Event) string {
	name := snake(reflect.TypeOf(e).Name())
	return of.String() + "." + strings.TrimPrefix(name, of.String()+"_")
}

// snake writes a name of Go as a field of JSON: PresenceSet as presence_set,
// CloseAt as close_at, ID as id.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
	viewType     = reflect.TypeFor[acd.ChatView]()
)

// dataOf is an event as plain values. Its fields have the names of the rules'
// own, which a golden file holds; durations are in seconds.
func dataOf(e acd.Event) map[string]any { return fieldsOf(reflect.ValueOf(e)) }

func fieldsOf(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag := f.Tag.Get("cbor")
		optional := tag == "" || tag == "-" || strings.Contains(tag, ",omit")
		if !f.IsExported() || f.Type == viewType || optional && v.Field(i).IsZero() {
			continue // a view is the chat as its agent finds it, told by its own events
		}
		name := snake(f.Name)
		if f.Type == durationType {
			name += "_seconds"
		}
		out[name] = plain(v.Field(i))
	}
	return out
}

func plain(v reflect.Value) any {
	switch v.Type() {
	case durationType:
		return time.Duration(v.Int()).Seconds()
	case timeType:
		return moment(v.Interface().(time.Time))
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		return fieldsOf(v)
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			out[it.Key().String()] = plain(it.Value())
		}
		return out
	}
	return v.Interface()
}

// moment writes a time as all of the wire does: UTC, milliseconds.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
