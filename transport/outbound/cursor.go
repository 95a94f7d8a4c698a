package outbound

import (
	"fmt"
	"strconv"
)

// Cursor is a place in the order of all events: behind the event of a record
// that it names. As text it is the event's id, 16 and 4 hexadecimal digits, so
// that texts stand in the order of the events.
type Cursor struct {
	Position uint64 // of the record
	Index    uint16 // in the record
}

// whole stands behind all events of a record.
const whole = 0xffff

func behind(position uint64) Cursor { return Cursor{position, whole} }

func (c Cursor) String() string { return fmt.Sprintf("%016x-%04x", c.Position, c.Index) }

// Before reports whether c comes before o.
func (c Cursor) Before(o Cursor) bool {
	return c.Position < o.Position || c.Position == o.Position && c.Index < o.Index
}

const cursorForm = "expected the id of an event, like 00000000000020a1-0000"

// ParseCursor reads what String has written, and nothing else.
func ParseCursor(text string) (Cursor, error) {
	if len(text) != 21 || text[16] != '-' {
		return Cursor{}, fmt.Errorf("%.40q is no cursor, %s", text, cursorForm)
	}
	position, err := strconv.ParseUint(text[:16], 16, 64)
	index, ierr := strconv.ParseUint(text[17:], 16, 16)
	c := Cursor{position, uint16(index)}
	if err != nil || ierr != nil || c.String() != text {
		return Cursor{}, fmt.Errorf("%.40q is no cursor, %s", text, cursorForm)
	}
	return c, nil
}

// start is where the reading of the journal begins for who has seen everything
// up to c: a record that was seen in part is read again.
func (c Cursor) start() uint64 {
	if c.Index == whole || c.Position == 0 {
		return c.Position
	}
	return c.Position - 1
}
