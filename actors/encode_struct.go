package actors

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// fieldPlan is a field of a struct: its key, its plan, and when it is left out.
type fieldPlan struct {
	offset uintptr
	key    []byte
	number uint64
	plan   plan
	left   func(unsafe.Pointer) bool // nil: never
}

// structPlan is the plan of a struct each of whose fields has a number for a
// key.
func structPlan(t reflect.Type) plan {
	var list []fieldPlan
	always := 0
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("cbor")
		if tag == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		p, ok := newFieldPlan(f, tag)
		if !ok || f.Anonymous {
			return generalPlan(t)
		}
		if p.left == nil {
			always++
		}
		list = append(list, p)
	}
	if len(list) > mostFields {
		return generalPlan(t)
	}
	slices.SortFunc(list, func(a, b fieldPlan) int { return int(a.number) - int(b.number) })
	return func(b []byte, p unsafe.Pointer) []byte { return appendStruct(b, p, list, always) }
}

// mostFields is how many fields a struct with a plan may have.
const mostFields = 64

// appendStruct appends the fields of the struct at p, of which n are always
// there.
func appendStruct(b []byte, p unsafe.Pointer, list []fieldPlan, n int) []byte {
	var there uint64
	for i := range list {
		if f := &list[i]; f.left == nil {
			there |= 1 << i
		} else if !f.left(unsafe.Add(p, f.offset)) {
			there |= 1 << i
			n++
		}
	}
	b = cborHead(b, cborMap, uint64(n))
	for i := range list {
		if there&(1<<i) != 0 {
			f := &list[i]
			b = f.plan(append(b, f.key...), unsafe.Add(p, f.offset))
		}
	}
	return b
}

func newFieldPlan(f reflect.StructField, tag string) (p fieldPlan, ok bool) {
	parts := strings.Split(tag, ",")
	n, err := strconv.ParseUint(parts[0], 10, 16)
	if err != nil || len(parts) < 2 || len(parts) > 3 || parts[1] != "keyasint" {
		return p, false
	}
	p = fieldPlan{offset: f.Offset, key: cborHead(nil, cborUint, n), number: n, plan: later(f.Type)}
	if len(parts) == 3 {
		p.left = leftOut(f.Type, parts[2])
	}
	return p, len(parts) == 2 || p.left != nil
}

// leftOut says when a field is left out; nil if that is not known here.
func leftOut(t reflect.Type, when string) func(unsafe.Pointer) bool {
	switch {
	case when == "omitzero" && t == timeType:
		return func(p unsafe.Pointer) bool { return (*time.Time)(p).IsZero() }
	case when == "omitzero":
		if _, own := reflect.PointerTo(t).MethodByName("IsZero"); !own {
			return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().IsZero() }
		}
	case when == "omitempty":
		return leftOutEmpty(t)
	}
	return nil
}

func leftOutEmpty(t reflect.Type) func(unsafe.Pointer) bool {
	switch t.Kind() {
	case reflect.String:
		return func(p unsafe.Pointer) bool { return *(*string)(p) == "" }
	case reflect.Slice:
		return func(p unsafe.Pointer) bool { return len(*(*[]struct{})(p)) == 0 }
	case reflect.Map:
		return func(p unsafe.Pointer) bool { return reflect.NewAt(t, p).Elem().Len() == 0 }
	case reflect.Bool:
		return func(p unsafe.Pointer) bool { return !*(*bool)(p) }
	case reflect.Int:
		return func(p unsafe.Pointer) bool { return *(*int)(p) == 0 }
	case reflect.Int64:
		return func(p unsafe.Pointer) bool { return *(*int64)(p) == 0 }
	case reflect.Uint64:
		return func(p unsafe.Pointer) bool { return *(*uint64)(p) == 0 }
	case reflect.Pointer:
		return func(p unsafe.Pointer) bool { return *(*unsafe.Pointer)(p) == nil }
	}
	return nil
}
