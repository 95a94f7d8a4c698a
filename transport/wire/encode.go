package wire

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// appender is a frame that encodes itself without reflection and without
// allocating anything but the buffer. What it writes is what the marshaller
// would have written.
type appender interface {
	appendBody(dst []byte) []byte
}

// variant is a frame whose shape depends on the recipient's role, which is
// therefore part of it.
type variant interface {
	forRole() Role
}

func (*AgentSnapshot) forRole() Role      { return RoleAgent }
func (*CustomerSnapshot) forRole() Role   { return RoleCustomer }
func (*SupervisorSnapshot) forRole() Role { return RoleSupervisor }

// AppendEvent appends the body of a frame: the whole frame except for its
// number in the recipient's stream. The body is the same for all recipients, so
// that it is encoded once; AppendSeq makes it a frame. Session frames and
// ephemeral events are frames as they are. Texts that are not UTF-8 are repaired.
func AppendEvent(dst []byte, ev Event) []byte {
	if hot, ok := ev.(appender); ok {
		return hot.appendBody(dst)
	}
	return appendMarshalled(dst, ev)
}

// AppendMessage is AppendEvent for the commonest event, which it need not be
// given on the heap.
func AppendMessage(dst []byte, e *MessageEvent) []byte { return e.appendBody(dst) }

// AppendCommand appends a command as a client sends it.
func AppendCommand(dst []byte, c Command) []byte {
	if hot, ok := c.(appender); ok {
		return hot.appendBody(dst)
	}
	return appendMarshalled(dst, c)
}

// AppendSeq appends the frame that is body with "seq":seq right after its type.
// With seq 0 the frame is the body.
func AppendSeq(dst []byte, seq uint64, body []byte) []byte {
	if seq == 0 {
		return append(dst, body...)
	}
	cut := typeEnd(body)
	dst = append(dst, body[:cut]...)
	dst = append(dst, `,"seq":`...)
	dst = strconv.AppendUint(dst, seq, 10)
	return append(dst, body[cut:]...)
}

const typeHead = `{"type":"`

// typeEnd is the place after the type's closing quote. Types have no escapes,
// and every body starts with its type.
func typeEnd(body []byte) int {
	for i := len(typeHead); i < len(body); i++ {
		if body[i] == '"' {
			return i + 1
		}
	}
	panic("wire: AppendSeq: not the body of an event: " + string(body))
}

func appendType(dst []byte, frameType string) []byte {
	dst = append(dst, typeHead...)
	dst = append(dst, frameType...)
	return append(dst, '"')
}

func appendMarshalled(dst []byte, f Frame) []byte {
	dst = appendType(dst, f.FrameType())
	if v, ok := f.(variant); ok {
		dst = appendText(dst, `,"role":`, string(v.forRole()))
	}
	members, err := json.Marshal(f, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		panic("wire: a frame of " + f.FrameType() + " cannot be encoded: " + err.Error())
	}
	if len(members) > len("{}") {
		dst = append(dst, ',')
	}
	return append(dst, members[1:]...)
}
