package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// never is what the word "never" stands for where a duration is expected.
const never time.Duration = -1

// decoder fills a value from a syntax tree and goes on after a problem. The
// library's own decoder stops at the first, and forgets where things stood.
type decoder struct {
	at       map[string]*token.Position // of every path that the file has
	problems []Problem
}

// shorthand is a value that can be written in a shorter way too.
type shorthand interface {
	// read takes node if it is written so, and reports whether it is.
	read(d *decoder, node ast.Node, path string) bool
}

// decode reads one document into the value that into points to.
func decode(text []byte, into any) *decoder {
	d := &decoder{at: map[string]*token.Position{}}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		d.syntax(err)
		return d
	}
	var body ast.Node
	for _, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			d.say(doc.Body, "", "a second document, expected one")
			return d
		}
		body = doc.Body
	}
	if body != nil {
		d.value(body, "", reflect.ValueOf(into).Elem())
	}
	return d
}

func (d *decoder) syntax(err error) {
	p := Problem{Text: firstLine(err.Error())}
	var at yaml.Error
	if errors.As(err, &at) {
		p.Text = at.GetMessage()
		if tok := at.GetToken(); tok != nil && tok.Position != nil {
			p.Line, p.Column = tok.Position.Line, tok.Position.Column
		}
	}
	d.problems = append(d.problems, p)
}

func (d *decoder) say(node ast.Node, path, format string, args ...any) {
	p := Problem{Path: path, Text: fmt.Sprintf(format, args...)}
	if pos := position(node); pos != nil {
		p.Line, p.Column = pos.Line, pos.Column
	}
	d.problems = append(d.problems, p)
}

// value decodes node into v. An empty node leaves v as it is.
func (d *decoder) value(node ast.Node, path string, v reflect.Value) {
	switch node.(type) {
	case *ast.NullNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.say(node, path, "anchors, aliases and tags are not read here, expected the value itself")
		return
	}
	if short, ok := v.Addr().Interface().(shorthand); ok && short.read(d, node, path) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		d.value(node, path, fresh.Elem())
		v.Set(fresh)
	case reflect.Struct:
		d.fields(node, path, v)
	case reflect.Slice:
		d.items(node, path, v)
	case reflect.Map:
		d.entries(node, path, v)
	default:
		d.scalar(node, path, v)
	}
}

func (d *decoder) fields(node ast.Node, path string, v reflect.Value) {
	for key, pair := range d.pairs(node, path) {
		at := join(path, key)
		field, ok := fieldOf(v, key)
		if !ok {
			d.say(pair.Key, at, "unknown field, expected one of %s", strings.Join(fieldNames(v.Type()), ", "))
			continue
		}
		d.at[at] = position(pair.Key)
		d.value(pair.Value, at, field)
	}
}

func (d *decoder) entries(node ast.Node, path string, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	for key, pair := range d.pairs(node, path) {
		at := join(path, key)
		d.at[at] = position(pair.Key)
		entry := reflect.New(v.Type().Elem()).Elem()
		d.value(pair.Value, at, entry)
		v.SetMapIndex(reflect.ValueOf(key), entry)
	}
}

func (d *decoder) items(node ast.Node, path string, v reflect.Value) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		d.say(node, path, "expected a list, one \"- \" each")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		at := path + "[" + strconv.Itoa(i) + "]"
		d.at[at] = position(item)
		d.value(item, at, v.Index(i))
	}
}

// pairs yields the keys and values of a mapping, in the order of the file. The
// parser has refused duplicate keys.
func (d *decoder) pairs(node ast.Node, path string) func(func(string, *ast.MappingValueNode) bool) {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		d.say(node, path, "expected fields, \"name: value\" each")
		return func(func(string, *ast.MappingValueNode) bool) {}
	}
	return func(yield func(string, *ast.MappingValueNode) bool) {
		for it := mapping.MapRange(); it.Next(); {
			pair := it.KeyValue()
			if !yield(pair.Key.GetToken().Value, pair) {
				return
			}
		}
	}
}

// fieldOf returns the field of the struct v that is written as key.
func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for i, name := range fieldNames(v.Type()) {
		if name == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func fieldNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = t.Field(i).Tag.Get("yaml")
	}
	return names
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// position is where a reader looks for the node: for a mapping its first key,
// not the colon that the tree hangs it on.
func position(node ast.Node) *token.Position {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		node = m.Values[0].Key
	} else if m, ok := node.(*ast.MappingValueNode); ok {
		node = m.Key
	}
	if tok := node.GetToken(); tok != nil {
		return tok.Position
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
