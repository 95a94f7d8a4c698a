package condition

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// reader walks through an expression before it is compiled: it refuses what is
// not bounded and notes which facts are read.
type reader struct {
	source file.Source
	reads  map[string]map[string]bool // of chat and agent
	loops  int
	wrong  *Error
}

func newReader(text string) *reader {
	return &reader{source: file.NewSource(text), reads: map[string]map[string]bool{}}
}

// whole stands for all facts of chat or agent.
const whole = "*"

// fields are the facts that were read, in order.
func (r *reader) fields() map[string][]string {
	all := map[string][]string{}
	for of, names := range r.reads {
		all[of] = slices.Sorted(maps.Keys(names))
	}
	return all
}

func (r *reader) note(of, field string) {
	if r.reads[of] == nil {
		r.reads[of] = map[string]bool{}
	}
	r.reads[of][field] = true
}

func (r *reader) refuse(n ast.Node, format string, args ...any) {
	if r.wrong != nil {
		return
	}
	at := (&file.Error{Location: n.Location()}).Bind(r.source)
	r.wrong = &Error{Line: at.Line, Column: at.Column + 1, Text: fmt.Sprintf(format, args...)}
}

// look takes in one part and all below it.
func (r *reader) look(n ast.Node) {
	if of, field, ok := fact(n); ok {
		r.note(of, field)
		return
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			r.refuse(n, "$env cannot be used, expected chat or agent")
		}
		r.note(n.Value, whole)
	case *ast.VariableDeclaratorNode:
		r.refuse(n, "variables cannot be used")
	case *ast.SequenceNode:
		r.refuse(n, "expected one expression, without semicolons")
	case *ast.BinaryNode:
		r.operator(n)
	case *ast.BuiltinNode:
		r.call(n)
		return
	}
	for _, child := range below(n) {
		r.look(child)
	}
}

func (r *reader) operator(n *ast.BinaryNode) {
	switch n.Operator {
	case "..":
		r.refuse(n, "ranges cannot be used")
	case "matches":
		if _, constant := n.Right.(*ast.StringNode); !constant {
			r.refuse(n.Right, "a pattern is written out, expected a text in quotes")
		}
	}
}

// call refuses a loop within a loop.
func (r *reader) call(n *ast.BuiltinNode) {
	loop := slices.ContainsFunc(n.Arguments, func(a ast.Node) bool { _, ok := a.(*ast.PredicateNode); return ok })
	if loop {
		if r.loops++; r.loops > 1 {
			r.refuse(n, "%s within another one goes through too much", n.Name)
		}
		defer func() { r.loops-- }()
	}
	for _, a := range n.Arguments {
		r.look(a)
	}
}

// fact reports whether n reads one fact: chat.language, or chat.attributes.vip.
func fact(n ast.Node) (of, field string, ok bool) {
	m, ok := n.(*ast.MemberNode)
	if !ok {
		return "", "", false
	}
	name, constant := m.Property.(*ast.StringNode)
	if !constant {
		return "", "", false
	}
	if base, ok := m.Node.(*ast.IdentifierNode); ok && base.Value != "$env" {
		return base.Value, name.Value, true
	}
	of, field, ok = fact(m.Node)
	if !ok || strings.Contains(field, ".") || field != "attributes" && field != "skills" {
		return "", "", false
	}
	return of, field + "." + name.Value, true
}

// below are the parts of a part.
func below(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		return some(n.Node, n.From, n.To)
	case *ast.CallNode:
		return append([]ast.Node{n.Callee}, n.Arguments...)
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	case *ast.MapNode:
		return n.Pairs
	case *ast.PairNode:
		return []ast.Node{n.Key, n.Value}
	}
	return nil
}

func some(nodes ...ast.Node) []ast.Node {
	return slices.DeleteFunc(nodes, func(n ast.Node) bool { return n == nil })
}
