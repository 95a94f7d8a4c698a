package wire

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// sketch is what one cheap pass over a line finds out before the real decoder
// reads it: the members at the top, how deep the line nests, and whether it has
// anything that the struct alone would not show. It takes well-formed JSON for
// granted and is right for it; for anything else it only guesses, and the
// decoder refuses the line afterwards.
type sketch struct {
	// first are the members at the top, count of them; what does not fit is in
	// more. (A slice of the array would move the whole sketch to the heap.)
	first [12]member
	count int
	more  []member
	depth int
	// odd is set by null, by an empty string and by nesting: the decoder turns
	// the first two into zero values, and looks for missing members only at the
	// top.
	odd bool
}

// member is one name and the raw text of its value.
type member struct {
	name, value []byte
}

func (s *sketch) read(line []byte) {
	var name []byte
	depth, start, wantName := 0, 0, true
	finish := func(end int) {
		if start > 0 {
			s.add(member{name: plain(name), value: bytes.TrimSpace(line[start:end])})
		}
		name, start, wantName = nil, 0, true
	}
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '"':
			end := stringEnd(line, i+1)
			if depth == 1 && wantName {
				name, wantName = line[i+1:end], false
			}
			s.odd = s.odd || end == i+1
			i = end
		case '{', '[':
			depth++
			s.depth = max(s.depth, depth)
		case '}', ']':
			depth--
			if depth == 0 {
				finish(i)
			}
		case ':':
			if depth == 1 {
				start = i + 1
			}
		case ',':
			if depth == 1 {
				finish(i)
			}
		case 'n':
			s.odd = true
		}
	}
	s.odd = s.odd || s.depth > 1
}

// stringEnd is the place of the quote that closes the string whose text starts
// at i, or the end of the line.
func stringEnd(line []byte, i int) int {
	for i < len(line) {
		switch line[i] {
		case '"':
			return i
		case '\\':
			i += 2
		default:
			i++
		}
	}
	return len(line)
}

// plain takes the escapes out of a name.
func plain(name []byte) []byte {
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	quoted := append(append([]byte{'"'}, name...), '"')
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return text
}

func (s *sketch) add(m member) {
	if s.count == len(s.first) {
		s.more = append(s.more, m)
		return
	}
	s.first[s.count] = m
	s.count++
}

// find is the raw value of the first member of this name at the top.
func (s *sketch) find(name string) ([]byte, bool) {
	for i := range s.count {
		if string(s.first[i].name) == name {
			return s.first[i].value, true
		}
	}
	for i := range s.more {
		if string(s.more[i].name) == name {
			return s.more[i].value, true
		}
	}
	return nil, false
}

// has says whether the line has a member of this name at its top.
func (s *sketch) has(name string) bool {
	_, ok := s.find(name)
	return ok
}

// text is the value of a member if it is a string. The bytes may be the line's own.
func (s *sketch) text(name string) ([]byte, bool) {
	value, ok := s.find(name)
	if !ok {
		return nil, false
	}
	return unquote(value)
}

func unquote(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return nil, false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	text, err := jsontext.AppendUnquote(nil, value)
	return text, err == nil
}

// re is the id to answer to, empty if there is none that could be answered.
func (s *sketch) re() string {
	id, ok := s.text("id")
	if !ok || !utf8.Valid(id) || utf8.RuneCount(id) > MaxIDChars {
		return ""
	}
	return string(id)
}
