package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/parley-engine/parley/actors/acd"
)

// ofTheNode are the sections that a node takes from its file or flags at the
// start alone: where it listens, whom it believes, how much it bears, whom it tells. They are
// no part of a Document, so no secret ever is.
var ofTheNode = []string{"listen", "admin_listen", "origins", "pages", "tls", "admin_tls", "tokens", "limits", "events", "traces"}

// Document is the part of the operator's document that can change while a node
// runs, without problems. It is immutable.
type Document struct{ live file }

// Sections names the fields of a document, in the order of the file.
func Sections() []string {
	return slices.DeleteFunc(fieldNames(reflect.TypeFor[file]()), func(name string) bool { return slices.Contains(ofTheNode, name) })
}

// ReadDocument reads a document that is written in YAML or JSON; name is for
// its problems. Sections of the node are a problem.
func ReadDocument(name string, text []byte) (*Document, error) { return readDocument(name, text, true) }

// LiveDocument is ReadDocument that passes over the sections of the node, for
// a file that has both.
func LiveDocument(name string, text []byte) (*Document, error) {
	return readDocument(name, text, false)
}

func readDocument(name string, text []byte, liveOnly bool) (*Document, error) {
	var f file
	d := decode(text, &f)
	if len(d.problems) > 0 && len(d.at) == 0 {
		return nil, &Problems{File: name, List: d.problems}
	}
	c := &checker{at: d.at}
	for _, section := range ofTheNode {
		if d.at[section] != nil && liveOnly {
			c.say(section, "is the node's own, expected in the file or the flags that it is started with")
		}
	}
	live := f.live()
	live.check(c)
	if problems := append(d.problems, news(c.problems, d.problems)...); len(problems) > 0 {
		return nil, &Problems{File: name, List: sorted(problems)}
	}
	return &Document{live: live}, nil
}

// live is the file without the sections of the node.
func (f *file) live() file {
	live := *f
	v := reflect.ValueOf(&live).Elem()
	for _, section := range ofTheNode {
		field, _ := fieldOf(v, section)
		field.SetZero()
	}
	return live
}

// Engine is what the document means to the rules, in a value of its own.
func (d *Document) Engine() *acd.Config { return d.live.engine() }

// Tree is the document as plain values, in a copy of its own: map[string]any,
// []any, string, int and bool. What was left out is not there.
func (d *Document) Tree() map[string]any {
	tree, _ := plain(d.ordered()).(map[string]any)
	return tree
}

// JSON is the document in its one canonical form: equal documents have equal
// bytes, and ReadDocument reads the same document from them.
func (d *Document) JSON() []byte {
	text, err := Canonical(d.Tree())
	if err != nil {
		panic("config: a document is no JSON: " + err.Error())
	}
	return text
}

// Canonical writes plain values as JSON: fields sorted, nothing escaped that
// need not be.
func Canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// YAML is the document for people, with its fields in the order of the file.
func (d *Document) YAML() ([]byte, error) {
	text, err := yaml.MarshalWithOptions(d.ordered(), yaml.IndentSequence(true), yaml.UseSingleQuote(false))
	if err != nil {
		return nil, fmt.Errorf("write YAML: %w", err)
	}
	return text, nil
}

func (d *Document) ordered() yaml.MapSlice {
	fields, _ := written(reflect.ValueOf(&d.live).Elem())
	if fields == nil {
		return yaml.MapSlice{}
	}
	return fields.(yaml.MapSlice)
}

// written is the opposite of decoding: what stands in a file for v, and
// whether anything has to.
func written(v reflect.Value) (any, bool) {
	if v.Type() == durationType {
		return duration(time.Duration(v.Int())), true
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, false
		}
		value, _ := written(v.Elem())
		return value, true
	case reflect.Struct:
		return writtenFields(v)
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i], _ = written(v.Index(i))
		}
		return list, !v.IsNil()
	case reflect.Map:
		entries := yaml.MapSlice{}
		for _, key := range slices.Sorted(maps.Keys(keysOf(v))) {
			value, _ := written(v.MapIndex(reflect.ValueOf(key)))
			entries = append(entries, yaml.MapItem{Key: key, Value: value})
		}
		return entries, !v.IsNil()
	case reflect.String:
		return v.String(), v.Len() > 0
	case reflect.Bool:
		return v.Bool(), v.Bool()
	case reflect.Int:
		return int(v.Int()), true
	}
	panic("config: no way to write " + v.Type().String())
}

func writtenFields(v reflect.Value) (any, bool) {
	fields := yaml.MapSlice{}
	for i, name := range fieldNames(v.Type()) {
		if value, there := written(v.Field(i)); there {
			fields = append(fields, yaml.MapItem{Key: name, Value: value})
		}
	}
	return fields, len(fields) > 0
}

func keysOf(v reflect.Value) map[string]bool {
	keys := map[string]bool{}
	for _, key := range v.MapKeys() {
		keys[key.String()] = true
	}
	return keys
}

func duration(d time.Duration) string {
	if d == never {
		return "never"
	}
	return short(d)
}

// plain takes the order away.
func plain(v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		fields := make(map[string]any, len(v))
		for _, item := range v {
			fields[item.Key.(string)] = plain(item.Value)
		}
		return fields
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}
