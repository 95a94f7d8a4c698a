package config

import (
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

var durationType = reflect.TypeFor[time.Duration]()

// scalar decodes one plain value. No number is ever taken for a text, nor the
// other way round.
func (d *decoder) scalar(node ast.Node, path string, v reflect.Value) {
	if v.Type() == durationType {
		d.duration(node, path, v)
		return
	}
	switch v.Kind() {
	case reflect.String:
		text, ok := textOf(node)
		if !ok {
			d.say(node, path, "expected a text%s", quoted(node))
			return
		}
		v.SetString(text)
	case reflect.Bool:
		b, ok := node.(*ast.BoolNode)
		if !ok {
			d.say(node, path, "expected true or false")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int:
		n, ok := node.(*ast.IntegerNode)
		if !ok {
			d.say(node, path, "expected a whole number")
			return
		}
		d.whole(n, path, v)
	case reflect.Float64:
		switch n := node.(type) {
		case *ast.IntegerNode:
			f, _ := strconv.ParseFloat(n.Token.Value, 64)
			v.SetFloat(f)
		case *ast.FloatNode:
			v.SetFloat(n.Value)
		default:
			d.say(node, path, "expected a number")
		}
	default:
		panic("config: no decoding into " + v.Type().String())
	}
}

func (d *decoder) whole(n *ast.IntegerNode, path string, v reflect.Value) {
	switch value := n.Value.(type) {
	case int64:
		v.SetInt(value)
	case uint64:
		if int64(value) < 0 {
			d.say(n, path, "%s is too large", n.Token.Value)
			return
		}
		v.SetInt(int64(value))
	}
}

func (d *decoder) duration(node ast.Node, path string, v reflect.Value) {
	text, _ := textOf(node)
	if text == "never" {
		v.SetInt(int64(never))
		return
	}
	parsed, err := time.ParseDuration(text)
	switch {
	case err != nil:
		d.say(node, path, "expected a duration like 500ms, 20s, 5m or 2h")
	case parsed < 0:
		d.say(node, path, "%s is negative", text)
	default:
		v.SetInt(int64(parsed))
	}
}

func textOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// quoted says how to write a number or a flag that is meant as a text.
func quoted(node ast.Node) string {
	if tok := node.GetToken(); tok != nil {
		switch node.(type) {
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			return ", in quotes: " + strconv.Quote(tok.Value)
		}
	}
	return ""
}
