package main

import (
	"fmt"
	"strings"
	"time"
)

// row is one figure as it was found.
type row struct {
	what    string
	value   float64
	unit    string
	atLeast bool    // the target is a least value, not a most
	target  float64 // 0: none is set
	floor   float64 // what the machine takes at least for the same work, 0: not measured
	floorOf string
	command string
	aside   string // more that belongs to it
}

// met reports whether the target is reached.
func (r row) met() bool {
	if r.atLeast {
		return r.value >= r.target
	}
	return r.value <= r.target
}

func (r row) goal() string {
	switch {
	case r.target == 0:
		return "-"
	case r.atLeast:
		return "≥ " + number(r.target)
	}
	return "≤ " + number(r.target)
}

func (r row) verdict() string {
	switch {
	case r.target == 0:
		return ""
	case r.met():
		return "met"
	}
	return "missed"
}

func (r row) againstFloor() string {
	if r.floor == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (%s), ratio %s", number(r.floor), r.floorOf, number(r.value/r.floor))
}

// String is the row for a terminal.
func (r row) String() string {
	line := fmt.Sprintf("%-46s %9s %-12s target %-9s %-7s floor %s", r.what, number(r.value), r.unit, r.goal(), r.verdict(), r.againstFloor())
	if r.aside != "" {
		line += "; " + r.aside
	}
	return line
}

// number has three digits that say something.
func number(v float64) string {
	switch a := max(v, -v); {
	case a >= 100 || a == 0:
		return fmt.Sprintf("%.0f", v)
	case a >= 10:
		return fmt.Sprintf("%.1f", v)
	case a >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.2g", v)
}

// page is the table as it is kept.
func (s *session) page(rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What was reached\n\n%s on %s, %d cores that the load shares, commit %s.\nMade by `go run ./bench/targets --out bench/results`.\n\n",
		s.began.Format(time.DateOnly), s.machine.CPU, s.machine.Cores, s.machine.Commit)
	b.WriteString("| figure | reached | target | | floor in the same run | more | command |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s | %s | `%s` |\n",
			r.what, number(r.value), r.unit, r.goal(), r.verdict(), r.againstFloor(), r.aside, r.command)
	}
	for _, why := range s.left {
		fmt.Fprintf(&b, "\nLeft out: %s.\n", why)
	}
	return b.String()
}
