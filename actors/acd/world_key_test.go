package acd

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// key is a state in bytes, the same for the same state however it was reached.
func (w *town) key() []byte {
	k := keeper{known: map[uintptr]int{}}
	parts := []any{w.chats, w.queue, w.agents, w.now, w.wires, w.done, w.asked}
	for _, p := range parts {
		k.gather(reflect.ValueOf(p))
	}
	slices.Sort(k.gens)
	k.gens, k.known, k.write = slices.Compact(k.gens), map[uintptr]int{}, true
	for _, p := range parts {
		k.gather(reflect.ValueOf(p))
	}
	return k.out
}

// keeper walks a state twice: first it learns the generations of adverts, of
// which only the order counts, then it writes.
type keeper struct {
	out   []byte
	known map[uintptr]int
	gens  []uint64
	write bool
}

func (k *keeper) put(v ...any) {
	if k.write {
		k.out = append(fmt.Append(k.out, v...), 0)
	}
}

// what is derived from the rest, or only counted.
var unkept = map[string]bool{"pace": true, "told": true, "toldAfter": true, "tellAt": true, "turn": true, "turns": true, "given": true,
	"decision": true, "Decision": true, "policy": true, "class": true, "classes": true, "files": true, "desk": true, "wishes": true, "names": true, "own": true}

func (k *keeper) gather(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			k.put(v.Field(0).Uint(), v.Field(1).Int())
			return
		}
		switch v.Type() {
		case reflect.TypeFor[index](): // has whom the order has
			return
		case reflect.TypeFor[ranks[*candidate]](), reflect.TypeFor[ranks[alarm]](): // have what maps have
			k.put("-")
			return
		case reflect.TypeFor[ranks[*waiter]](): // whatever blocks they stand in
			k.put(v.FieldByName("n").Int())
			for _, b := range v.FieldByName("blocks").Seq2() {
				for _, w := range b.Seq2() {
					k.gather(w)
				}
			}
			return
		}
		for i := range v.NumField() {
			if !unkept[v.Type().Field(i).Name] {
				k.gather(v.Field(i))
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			k.put("-")
			return
		}
		if v.Type() == reflect.TypeFor[*wish]() { // a value that many may have in common
			k.gather(v.Elem())
			return
		}
		if n, known := k.known[v.Pointer()]; known {
			k.put("@", n)
			return
		}
		k.known[v.Pointer()] = len(k.known)
		k.gather(v.Elem())
	case reflect.Interface:
		if !v.IsNil() {
			k.put(v.Elem().Type().Name())
			k.gather(v.Elem())
		}
	case reflect.Slice:
		k.put(v.Len())
		for i := range v.Len() {
			k.gather(v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			k.gather(v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		k.put(len(keys))
		for _, key := range keys {
			k.put(key.String())
			k.gather(v.MapIndex(key))
		}
	case reflect.Uint64:
		n := v.Uint()
		if n > 1<<40 && k.write {
			i, _ := slices.BinarySearch(k.gens, n)
			n = uint64(i)
		} else if n > 1<<40 {
			k.gens = append(k.gens, n)
		}
		k.put(n)
	case reflect.Uint8:
		k.put(v.Uint())
	case reflect.Int, reflect.Int32, reflect.Int64:
		k.put(v.Int())
	case reflect.String:
		k.put(v.String())
	case reflect.Bool:
		k.put(v.Bool())
	default:
		panic("no key for a " + v.Type().String())
	}
}
