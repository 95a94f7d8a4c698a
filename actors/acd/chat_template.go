package acd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Template is a text that the operator has written for his agents. Marks in
// angle brackets, "Hello <name>", are filled by who sends it.
type Template struct {
	Name     string
	Text     string
	Channels []Channel // where it may be used; all if empty
}

// TemplateUse is a template and what its marks stand for.
type TemplateUse struct {
	Name   string
	Params map[string]string
}

// On reports whether the template is for this channel.
func (t *Template) On(ch Channel) bool {
	return len(t.Channels) == 0 || slices.Contains(t.Channels, ch)
}

// Params are the names of the marks, each once, in the order of the text.
func (t *Template) Params() []string {
	var names []string
	for _, p := range t.parts() {
		if p.mark && !slices.Contains(names, p.text) {
			names = append(names, p.text)
		}
	}
	return names
}

// Check says what is wrong with the text: every bracket belongs to a mark.
func (t *Template) Check() error {
	if strings.TrimSpace(t.Text) == "" {
		return fmt.Errorf("has no text")
	}
	for _, p := range t.parts() {
		if !p.mark && strings.ContainsAny(p.text, "<>") {
			return fmt.Errorf("has a bracket that is no mark, expected <name> of letters, digits and _")
		}
	}
	return nil
}

// part is a piece of a template: words, or a mark's name.
type part struct {
	text string
	mark bool
}

func (t *Template) parts() []part {
	var parts []part
	words, rest := "", t.Text
	for rest != "" {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			words += rest
			break
		}
		name, tail, ok := strings.Cut(rest[i+1:], ">")
		if !ok || !isMark(name) {
			words, rest = words+rest[:i+1], rest[i+1:]
			continue
		}
		if words += rest[:i]; words != "" {
			parts = append(parts, part{text: words})
		}
		parts = append(parts, part{text: name, mark: true})
		words, rest = "", tail
	}
	if words != "" {
		parts = append(parts, part{text: words})
	}
	return parts
}

// isMark holds a mark's name to letters, digits and _.
func isMark(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// fill is the template's text with the marks filled. What an agent fills in is
// held against the characters that his channel reserves; the operator's words
// are not.
func (s *chatStep) fill(use TemplateUse, author Author) (string, error) {
	t := s.t.Config.Templates[use.Name]
	switch {
	case author.Kind == "customer":
		return "", ErrForbidden
	case t == nil:
		return "", refusal(ErrNotFound.Code, "no template named "+use.Name)
	case !t.On(s.Channel):
		return "", refusal(ErrBadTarget.Code, "that template is not for this channel")
	}
	var b strings.Builder
	for _, p := range t.parts() {
		if !p.mark {
			b.WriteString(p.text)
			continue
		}
		value, ok := use.Params[p.text]
		if !ok {
			return "", refusal(ErrBadParams.Code, "the template's mark "+p.text+" is not filled")
		}
		b.WriteString(value)
	}
	for _, name := range slices.Sorted(maps.Keys(use.Params)) {
		if !slices.Contains(t.Params(), name) {
			return "", refusal(ErrBadParams.Code, "the template has no mark "+name)
		}
		if err := s.reserved(use.Params[name], author); err != nil {
			return "", err
		}
	}
	return b.String(), s.fits(b.String())
}
