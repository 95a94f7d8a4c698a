package wire

import "unicode/utf8"

// flat reads the lines that come all day without the general decoder: an object
// of at most eight members, each a text without escapes that is not empty, a
// short whole number, true or false, or such an object without a further one in
// it. It reads no line that the general decoder
// would refuse, and leaves whatever it has not seen the like of to that one:
// only what both understand alike is decided here.
type flat struct {
	members [8]flatMember
	count   int
}

// flatMember is a name and its value: a text without its quotes, digits, a word,
// or an object with its braces.
type flatMember struct {
	name, value []byte
	kind        byte // '"', '0', 't', 'f' or '{'
}

// decodeFlat returns the command of a line, or nil for the general decoder.
func decodeFlat(line []byte) Command {
	var f flat
	if !f.read(line) {
		return nil
	}
	c := f.command()
	if c == nil || c.Validate() != nil {
		return nil
	}
	return c
}

func (f *flat) read(line []byte) bool {
	end, ok := f.object(line, space(line, 0), true)
	return ok && space(line, end) == len(line)
}

// object reads what begins at i and returns where it ends. At the top there may
// be objects in it.
func (f *flat) object(line []byte, i int, top bool) (end int, ok bool) {
	if i == len(line) || line[i] != '{' {
		return i, false
	}
	for i++; ; i++ {
		var m flatMember
		if i, ok = m.read(line, space(line, i), top); !ok || f.count == len(f.members) || f.find(string(m.name)) != nil {
			return i, false
		}
		f.members[f.count] = m
		f.count++
		if i = space(line, i); i == len(line) {
			return i, false
		}
		switch line[i] {
		case ',':
		case '}':
			return i + 1, true
		default:
			return i, false
		}
	}
}

func space(line []byte, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r') {
		i++
	}
	return i
}

// read takes a member that begins at i and returns where it ends.
func (m *flatMember) read(line []byte, i int, top bool) (end int, ok bool) {
	if m.name, i, ok = flatText(line, i); !ok {
		return i, false
	}
	if i = space(line, i); i == len(line) || line[i] != ':' {
		return i, false
	}
	if i = space(line, i+1); i == len(line) {
		return i, false
	}
	start := i
	switch c := line[i]; {
	case c == '"':
		m.kind = '"'
		m.value, i, ok = flatText(line, i)
		return i, ok
	case c >= '0' && c <= '9':
		m.kind = '0'
		for i < len(line) && line[i] >= '0' && line[i] <= '9' {
			i++
		}
		m.value = line[start:i]
		return i, i-start <= 18 && (c != '0' || i-start == 1)
	case c == 't' && i+4 <= len(line) && string(line[i:i+4]) == "true":
		m.kind = 't'
		return i + 4, true
	case c == 'f' && i+5 <= len(line) && string(line[i:i+5]) == "false":
		m.kind = 'f'
		return i + 5, true
	case c == '{' && top:
		var inner flat
		m.kind = '{'
		i, ok = inner.object(line, i, false)
		m.value = line[start:i]
		return i, ok
	}
	return i, false
}

// flatText is the inside of the text that begins at i, and where it ends.
func flatText(line []byte, i int) (text []byte, end int, ok bool) {
	if i == len(line) || line[i] != '"' {
		return nil, i, false
	}
	start, high := i+1, false
	for i = start; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			text = line[start:i]
			return text, i + 1, len(text) > 0 && (!high || utf8.Valid(text))
		case c < ' ', c == '\\':
			return nil, i, false
		case c >= utf8.RuneSelf:
			high = true
		}
	}
	return nil, i, false
}

func (f *flat) find(name string) *flatMember {
	for i := range f.count {
		if string(f.members[i].name) == name {
			return &f.members[i]
		}
	}
	return nil
}

// text takes a text, if there is one; anything else by this name is not flat.
func (f *flat) text(name string, into *string) bool {
	m := f.find(name)
	if m == nil {
		return true
	}
	*into = string(m.value)
	return m.kind == '"'
}

// number takes a whole number, if there is one.
func (f *flat) number(name string, into *uint64) bool {
	m := f.find(name)
	if m == nil {
		return true
	}
	for _, c := range m.value {
		*into = *into*10 + uint64(c-'0')
	}
	return m.kind == '0'
}

// inner takes an object, if there is one.
func (f *flat) inner(name string, into *flat) bool {
	m := f.find(name)
	return m == nil || m.kind == '{' && into.read(m.value)
}

// texts takes an object of texts, if there is one.
func (f *flat) texts(name string, into *map[string]string) bool {
	var of flat
	if !f.inner(name, &of) {
		return false
	}
	if of.count > 0 {
		*into = make(map[string]string, of.count)
	}
	for i := range of.count {
		m := &of.members[i]
		if m.kind != '"' {
			return false
		}
		(*into)[string(m.name)] = string(m.value)
	}
	return true
}

// word takes true or false, which has to be there.
func (f *flat) word(name string, into *bool) bool {
	m := f.find(name)
	if m == nil {
		return false
	}
	*into = m.kind == 't'
	return m.kind == 't' || m.kind == 'f'
}

// command fills the command that the line names; nil if it is not one of
// these, or has a member that is not what the command says. What has to be
// there is not empty, which Validate sees.
func (f *flat) command() Command {
	m := f.find("type")
	if m == nil || m.kind != '"' {
		return nil
	}
	switch string(m.value) {
	case "send":
		c := &Send{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) && f.text("text", &c.Text) && f.text("to", (*string)(&c.To)) &&
			f.find("attachment") == nil && f.find("template") == nil {
			return c
		}
	case "read":
		c := &Read{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) && f.number("upto", &c.Upto) {
			return c
		}
	case "typing":
		c := &Typing{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) && f.word("on", &c.On) {
			return c
		}
	case "pong":
		c := &Pong{}
		if f.number("seq", &c.Seq) {
			return c
		}
	}
	return f.work()
}

// work is for what begins and ends a chat and an agent's part in it.
func (f *flat) work() Command {
	switch string(f.find("type").value) {
	case "start":
		c := &Start{}
		if f.text("id", &c.ID) && f.text("source", &c.Source) && f.text("queue", &c.Queue) && f.text("agent", &c.Agent) &&
			f.text("name", &c.Name) && f.text("subject", &c.Subject) && f.texts("attributes", &c.Attributes) {
			return c
		}
	case "transfer":
		var to flat
		c := &Transfer{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) && f.text("mode", (*string)(&c.Mode)) && f.text("note", &c.Note) &&
			f.text("on_fail", (*string)(&c.OnFail)) && f.inner("to", &to) && to.text("agent", &c.To.Agent) && to.text("queue", &c.To.Queue) {
			return c
		}
	case "accept":
		c := &Accept{}
		if f.text("id", &c.ID) && f.text("offer", &c.Offer) {
			return c
		}
	case "end":
		c := &End{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) {
			return c
		}
	case "wrapup":
		c := &WrapUp{}
		if f.text("id", &c.ID) && f.text("chat", &c.Chat) && f.text("code", &c.Code) && f.text("notes", &c.Notes) {
			return c
		}
	}
	return nil
}
