package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// checker gathers what is wrong with a file that could be read.
type checker struct {
	at       map[string]*token.Position
	problems []Problem
	facts    map[string]Facts // what is held to what, for Shapes alone
}

// say adds a problem at the line of path, or of the nearest path around it
// when the field was left out.
func (c *checker) say(path, format string, args ...any) {
	p := Problem{Path: path, Text: fmt.Sprintf(format, args...)}
	for around := path; around != ""; {
		if pos := c.at[around]; pos != nil {
			p.Line, p.Column = pos.Line, pos.Column
			break
		}
		around = around[:max(strings.LastIndexAny(around, ".["), 0)]
	}
	c.problems = append(c.problems, p)
}

// idForm is what fits into an address, a metric's label and a file's name.
var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

func (c *checker) id(path, id string) {
	c.note(path, Facts{Required: true, Pattern: idForm.String()})
	switch {
	case id == "":
		c.say(path, "missing, expected 1 to 64 letters, digits, dots, dashes or underscores")
	case !idForm.MatchString(id):
		c.say(path, "%q does not fit an address, expected 1 to 64 letters, digits, dots, dashes or underscores", id)
	}
}

// unique says of each id but the first that it is there already.
func (c *checker) unique(path func(i int) string, ids []string) {
	first := map[string]int{}
	for i, id := range ids {
		if j, twice := first[id]; twice && id != "" {
			c.say(path(i), "%q is the same as %s", id, path(j))
		} else if !twice {
			first[id] = i
		}
	}
}

func (c *checker) known(path, what, id string, ids []string) {
	c.note(path, Facts{Required: true, Refers: what})
	if !slices.Contains(ids, id) {
		c.say(path, "unknown %s %q, expected %s", what, id, oneOf(ids))
	}
}

func (c *checker) text(path, text string, most int) {
	c.note(path, Facts{MaxChars: most})
	if n := utf8.RuneCountInString(text); n > most {
		c.say(path, "%d characters are too many, expected at most %d", n, most)
	}
}

func (c *checker) choice(path, value string, of ...string) {
	c.note(path, Facts{Choices: of})
	if value != "" && !slices.Contains(of, value) {
		c.say(path, "%q is unknown, expected %s", value, oneOf(of))
	}
}

func (c *checker) number(path string, n *int, least, most int) {
	c.note(path, Facts{Bounded: true, Least: least, Most: most})
	if n != nil && (*n < least || *n > most) {
		c.say(path, "%d is out of range, expected %d to %d", *n, least, most)
	}
}

func (c *checker) duration(path string, d *time.Duration, least, most time.Duration) {
	c.note(path, Facts{Soonest: least, Latest: most})
	switch {
	case d == nil:
	case *d == never:
		c.say(path, "never is not possible here, expected %s to %s", short(least), short(most))
	case *d < least || *d > most:
		c.say(path, "%s is out of range, expected %s to %s", short(*d), short(least), short(most))
	}
}

func (c *checker) durationOrNever(path string, d *time.Duration, least, most time.Duration) {
	c.note(path, Facts{Soonest: least, Latest: most, Never: true})
	if d != nil && *d != never && (*d < least || *d > most) {
		c.say(path, "%s is out of range, expected never or %s to %s", short(*d), short(least), short(most))
	}
}

func oneOf(values []string) string {
	switch len(values) {
	case 0:
		return "none, since none is configured"
	case 1:
		return values[0]
	}
	last := len(values) - 1
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// short writes a duration as an operator would: 2h, not 2h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
