package actors

import (
	"cmp"
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/fxamacker/cbor/v2"
)

// What is not encoded by hand goes through a plan: the general encoder's bytes,
// made by a function that has been put together once a type. The general one
// asks each value anew what it is, and boxes each time of day; a plan knows
// where in the value each field stands, and takes a fifth of the time. A test
// holds the two together for all that is ever written. Whatever a plan does not
// know (names as keys, encoders of their own) is left to the general one.
//
// This is the one place of the engine that reads memory by its address: with
// package reflect alone a plan took three quarters of the general encoder's
// time.

// plan appends the value of its type that stands at p, and keeps nothing of it.
type plan func(b []byte, p unsafe.Pointer) []byte

// planned is a type's plan, with rooms to work in.
type planned struct {
	plan  plan
	rooms sync.Pool // of *room
}

// room gives a value a place in memory, and has a buffer for its bytes.
type room struct {
	value reflect.Value
	bytes []byte
}

var plans sync.Map // reflect.Type → *planned

func planFor(t reflect.Type) *planned {
	if p, ok := plans.Load(t); ok {
		return p.(*planned)
	}
	p := &planned{plan: newPlan(t)}
	p.rooms.New = func() any { return &room{value: reflect.New(t).Elem()} }
	kept, _ := plans.LoadOrStore(t, p)
	return kept.(*planned)
}

// appendPlanned appends what the general encoder makes of v, behind its length
// if it is to be sized. Alter, if there is one, may change a copy first, which it
// is given by a pointer.
func appendPlanned(b []byte, v any, sized bool, alter func(any)) []byte {
	in := reflect.ValueOf(v)
	p := planFor(in.Type())
	r := p.rooms.Get().(*room)
	r.value.Set(in)
	if alter != nil {
		alter(r.value.Addr().Interface())
	}
	r.bytes = p.plan(r.bytes[:0], r.value.Addr().UnsafePointer())
	r.value.SetZero()
	if sized {
		b = binary.AppendUvarint(b, uint64(len(r.bytes)))
	}
	b = append(b, r.bytes...)
	p.rooms.Put(r)
	return b
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	ownEncoders = []reflect.Type{reflect.TypeFor[cbor.Marshaler](), reflect.TypeFor[interface{ MarshalBinary() ([]byte, error) }]()}
)

func newPlan(t reflect.Type) plan {
	if t == timeType {
		return func(b []byte, p unsafe.Pointer) []byte { return cborTime(b, *(*time.Time)(p)) }
	}
	for _, own := range ownEncoders {
		if t.Implements(own) || reflect.PointerTo(t).Implements(own) {
			return generalPlan(t)
		}
	}
	switch t.Kind() {
	case reflect.String:
		return func(b []byte, p unsafe.Pointer) []byte { return cborString(b, *(*string)(p)) }
	case reflect.Bool:
		return func(b []byte, p unsafe.Pointer) []byte { return cborBool(b, *(*bool)(p)) }
	case reflect.Int:
		return func(b []byte, p unsafe.Pointer) []byte { return cborNumber(b, int64(*(*int)(p))) }
	case reflect.Int64:
		return func(b []byte, p unsafe.Pointer) []byte { return cborNumber(b, *(*int64)(p)) }
	case reflect.Uint64:
		return func(b []byte, p unsafe.Pointer) []byte { return cborHead(b, cborUint, *(*uint64)(p)) }
	case reflect.Pointer:
		return pointerPlan(t)
	case reflect.Slice:
		return slicePlan(t)
	case reflect.Map:
		return mapPlan(t)
	case reflect.Struct:
		return structPlan(t)
	default:
		return generalPlan(t)
	}
}

func generalPlan(t reflect.Type) plan {
	return func(b []byte, p unsafe.Pointer) []byte {
		return append(b, encodeGenerally(reflect.NewAt(t, p).Interface())...)
	}
}

func cborBool(b []byte, v bool) []byte {
	if v {
		return append(b, cborTrue)
	}
	return append(b, cborFalse)
}

// later is the plan of a type that may hold itself.
func later(t reflect.Type) plan {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map, reflect.Pointer:
	default:
		return newPlan(t)
	}
	if t == timeType {
		return newPlan(t)
	}
	made := sync.OnceValue(func() plan { return planFor(t).plan })
	return func(b []byte, p unsafe.Pointer) []byte { return made()(b, p) }
}

func pointerPlan(t reflect.Type) plan {
	of := later(t.Elem())
	return func(b []byte, p unsafe.Pointer) []byte {
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			return append(b, cborNull)
		}
		return of(b, to)
	}
}

func slicePlan(t reflect.Type) plan {
	if t.Elem().Kind() == reflect.Uint8 {
		return func(b []byte, p unsafe.Pointer) []byte {
			list := *(*[]byte)(p)
			if list == nil {
				return append(b, cborNull)
			}
			return append(cborHead(b, cborBytes, uint64(len(list))), list...)
		}
	}
	of, size := later(t.Elem()), t.Elem().Size()
	return func(b []byte, p unsafe.Pointer) []byte {
		list := *(*[]struct{})(p) // all slices have the same head
		if list == nil {
			return append(b, cborNull)
		}
		b = cborHead(b, cborList, uint64(len(list)))
		first := unsafe.Pointer(unsafe.SliceData(list))
		for i := range list {
			b = of(b, unsafe.Add(first, uintptr(i)*size))
		}
		return b
	}
}

// mapPlan writes keys in the order of their bytes, shorter ones first.
func mapPlan(t reflect.Type) plan {
	if t != reflect.TypeFor[map[string]string]() {
		return generalPlan(t) // there is one other, and it is rare
	}
	return func(b []byte, p unsafe.Pointer) []byte {
		m := *(*map[string]string)(p)
		if m == nil {
			return append(b, cborNull)
		}
		var room [16]string
		keys := room[:0]
		for k := range m {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
		})
		b = cborHead(b, cborMap, uint64(len(m)))
		for _, k := range keys {
			b = cborString(cborString(b, k), m[k])
		}
		return b
	}
}
