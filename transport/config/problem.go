package config

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line, Column int    // 0: the file as a whole
	Path         string // "queues[1].offer_timeout"; empty with a syntax error
	Text         string // what is wrong, and what was expected
}

// String gives "12:5: queues[1].offer_timeout: …", without the file's name.
func (p Problem) String() string {
	s := p.Text
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", p.Line, p.Column, s)
	}
	return s
}

// Problems are all that is wrong with a file, in the order of its lines.
type Problems struct {
	File string
	List []Problem
}

// Error is one line, for a program that cannot start: the first problem, and
// how many more there are.
func (p *Problems) Error() string {
	first := p.File + ":" + p.List[0].String()
	if p.List[0].Line == 0 {
		first = p.File + ": " + p.List[0].String()
	}
	if n := len(p.List) - 1; n > 0 {
		return fmt.Sprintf("%s (and %d more, see parley check)", first, n)
	}
	return first
}

// Lines is the whole list, one problem a line, as compilers print them.
func (p *Problems) Lines() string {
	var b strings.Builder
	for _, one := range p.List {
		b.WriteString(p.File + ":")
		if one.Line == 0 {
			b.WriteString(" ")
		}
		b.WriteString(one.String() + "\n")
	}
	return b.String()
}

// sorted orders a list by line; what has none comes last.
func sorted(list []Problem) []Problem {
	line := func(p Problem) int { return cmp.Or(p.Line, math.MaxInt) }
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.Column, b.Column))
	})
	return list
}
