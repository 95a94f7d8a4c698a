package condition

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/parley-engine/parley/actors/acd"
)

// Bounds of an expression.
const (
	MaxNodes = 200
	MaxChars = 2000
	MaxText  = 1024 // bytes of a text that it sees
	budget   = 10_000
)

// builtins are what an expression may call: pure, and no work but for what is
// there already.
var builtins = []string{"len", "lower", "upper", "trim", "int", "float", "abs", "max", "min", "hasPrefix", "hasSuffix",
	"indexOf", "any", "all", "none", "one", "count"}

// facts is the environment: the two names that an expression knows.
type facts struct {
	Chat  chat  `expr:"chat"`
	Agent agent `expr:"agent"`
}

type chat struct {
	Language   string            `expr:"language"`
	Labels     []string          `expr:"labels"`
	Source     string            `expr:"source"`
	Channel    string            `expr:"channel"`
	Queue      string            `expr:"queue"`
	Priority   int               `expr:"priority"`
	Skills     []string          `expr:"skills"`
	Attributes map[string]string `expr:"attributes"`
}

type agent struct {
	ID         string            `expr:"id"`
	Skills     map[string]int    `expr:"skills"`
	Languages  []string          `expr:"languages"`
	Attributes map[string]string `expr:"attributes"`
	Weight     int               `expr:"weight"`
	Tier       int               `expr:"tier"`
}

// Expression is a condition that has been compiled. It never changes and may be
// used by all queues at once.
type Expression struct {
	text    string
	program *vm.Program
	reads   map[string][]string // the fields, or entries of them, of chat and agent
}

var _ acd.Condition = (*Expression)(nil)

// Error is what is wrong with an expression, and where: Line and Column count
// from 1, both are 0 when it is the whole.
type Error struct {
	Line, Column int
	Text         string
}

func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return e.Text
	case e.Line == 1:
		return fmt.Sprintf("at character %d: %s", e.Column, e.Text)
	}
	return fmt.Sprintf("at line %d, character %d: %s", e.Line, e.Column, e.Text)
}

// Parse compiles an expression. What is wrong with it is an *Error.
func Parse(text string) (*Expression, error) {
	if n := len([]rune(text)); n > MaxChars {
		return nil, &Error{Text: fmt.Sprintf("%d characters are too many, expected at most %d", n, MaxChars)}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, located(err)
	}
	seen := newReader(text)
	seen.look(tree.Node)
	if seen.wrong != nil {
		return nil, seen.wrong
	}
	options := []expr.Option{expr.Env(facts{}), expr.AsBool(), expr.MaxNodes(MaxNodes), expr.DisableAllBuiltins()}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		return nil, located(err)
	}
	return &Expression{text: text, program: program, reads: seen.fields()}, nil
}

// located takes the library's error apart.
func located(err error) *Error {
	e := &Error{Text: firstLine(err.Error())}
	var at *file.Error
	if errors.As(err, &at) {
		e.Text = strings.Replace(firstLine(at.Message), "type condition.", "", 1)
		e.Line, e.Column = at.Line, at.Column+1
	}
	return e
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// String is the expression as it was written.
func (e *Expression) String() string { return e.text }

// MarshalText writes it into the record of a configuration.
func (e *Expression) MarshalText() ([]byte, error) { return []byte(e.text), nil }

// Holds implements acd.Condition.
func (e *Expression) Holds(c *acd.ChatFacts, a *acd.AgentFacts) (holds bool, err error) {
	machine := vm.VM{MemoryBudget: budget}
	result, err := machine.Run(e.program, facts{
		Chat: chat{Language: clip(c.Language), Labels: clipAll(c.Labels), Source: c.Source, Channel: c.Channel, Queue: c.Queue,
			Priority: c.Priority, Skills: c.Skills, Attributes: clipEach(c.Attributes)},
		Agent: agent(*a),
	})
	if err != nil {
		return false, located(err)
	}
	holds, ok := result.(bool)
	if !ok {
		return false, &Error{Text: fmt.Sprintf("is %T, expected true or false", result)}
	}
	return holds, nil
}

// clip is as much of a text as an expression sees.
func clip(text string) string { return text[:min(len(text), MaxText)] }

func clipAll(list []string) []string {
	for i, text := range list {
		if len(text) > MaxText {
			list = append([]string(nil), list...)
			for ; i < len(list); i++ {
				list[i] = clip(list[i])
			}
			break
		}
	}
	return list
}

func clipEach(set map[string]string) map[string]string {
	long := false
	for _, text := range set {
		long = long || len(text) > MaxText
	}
	if !long {
		return set
	}
	clipped := make(map[string]string, len(set))
	for name, text := range set {
		clipped[name] = clip(text)
	}
	return clipped
}
