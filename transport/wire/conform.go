package wire

import (
	"bytes"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

// conform walks a line that the decoder has accepted and refuses what it let
// through by turning it into a zero value: null where null is not meant, an
// empty text where one of a closed set is meant, and missing members of nested
// objects. Few lines need it; sketch knows which.
func conform(line []byte, t reflect.Type) fault {
	w := walk{jsontext.NewDecoder(bytes.NewReader(line))}
	return w.value(t, "")
}

type walk struct {
	d *jsontext.Decoder
}

var closedSetType = reflect.TypeFor[interface{ Values() []string }]()

func (w walk) value(t reflect.Type, path string) fault {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch kind := w.d.PeekKind(); {
	case kind == 'n':
		return fault{path, "is null", wanted(t)}
	case kind == '{' && t.Kind() == reflect.Struct:
		return w.object(t, path)
	case kind == '{' && t.Kind() == reflect.Map:
		return w.mapping(t.Elem(), path)
	case kind == '[' && t.Kind() == reflect.Slice:
		return w.list(t.Elem(), path)
	case kind == '"' && t.Implements(closedSetType):
		return w.choice(t, path)
	}
	w.skip()
	return fault{}
}

func (w walk) object(t reflect.Type, path string) fault {
	fields := fieldsOf(t)
	seen := make(map[string]bool, len(fields))
	w.token()
	for w.d.PeekKind() != '}' {
		name := w.token().String()
		seen[name] = true
		if f := w.member(fields, name, join(path, name)); f.is != "" {
			return f
		}
	}
	w.token()
	for _, f := range fields {
		if !f.optional && !seen[f.name] {
			return fault{join(path, f.name), "is missing", wanted(f.kind)}
		}
	}
	return fault{}
}

// member reads one value: an unknown one is skipped, and null is meant where a
// member is required but may be nothing.
func (w walk) member(fields []field, name, path string) fault {
	for _, f := range fields {
		if f.name != name {
			continue
		}
		if w.d.PeekKind() == 'n' && !f.optional && f.kind.Kind() == reflect.Pointer {
			break
		}
		return w.value(f.kind, path)
	}
	w.skip()
	return fault{}
}

func (w walk) mapping(elem reflect.Type, path string) fault {
	w.token()
	for w.d.PeekKind() != '}' {
		name := w.token().String()
		if f := w.value(elem, join(path, name)); f.is != "" {
			return f
		}
	}
	w.token()
	return fault{}
}

func (w walk) list(elem reflect.Type, path string) fault {
	w.token()
	for w.d.PeekKind() != ']' {
		if f := w.value(elem, path); f.is != "" {
			return f
		}
	}
	w.token()
	return fault{}
}

func (w walk) choice(t reflect.Type, path string) fault {
	if w.token().String() != "" {
		return fault{}
	}
	set := reflect.Zero(t).Interface().(interface{ Values() []string }).Values()
	return fault{path, "is empty", "one of " + joinAll(set)}
}

// token and skip cannot fail: the decoder has read this line before.
func (w walk) token() jsontext.Token {
	t, err := w.d.ReadToken()
	if err != nil {
		panic("wire: a line that was accepted cannot be read again: " + err.Error())
	}
	return t
}

func (w walk) skip() {
	if err := w.d.SkipValue(); err != nil {
		panic("wire: a line that was accepted cannot be read again: " + err.Error())
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func joinAll(set []string) string {
	text := ""
	for i, s := range set {
		if i > 0 {
			text += ", "
		}
		text += s
	}
	return text
}
