package wire

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// Received is a frame of the server as a client reads it.
type Received struct {
	// Seq is the event's number in the stream, 0 for what is not numbered.
	Seq uint64
	// Event is a pointer to one of the server frames, or to Unknown.
	Event Event
}

// Unknown is a frame of a newer server. A client skips it, and still counts
// its seq.
type Unknown struct {
	Type string
	Raw  []byte
}

// FrameType is the type that this version does not know.
func (u *Unknown) FrameType() string { return u.Type }

// DecodeEvent reads one frame of the server from one line. Frames of an unknown
// type are no error.
func DecodeEvent(line []byte) (Received, error) {
	var head struct {
		Type string `json:"type"`
		Role Role   `json:"role"`
		Seq  uint64 `json:"seq"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return Received{}, fmt.Errorf("wire: frame of the server: %w", err)
	}
	spec := eventIndex[head.Type]
	if spec == nil {
		spec = eventIndex[head.Type+"/"+string(head.Role)]
	}
	if spec == nil {
		return Received{Seq: head.Seq, Event: &Unknown{Type: head.Type, Raw: append([]byte(nil), line...)}}, nil
	}
	ev := spec.make()
	if err := json.Unmarshal(line, ev); err != nil {
		return Received{}, fmt.Errorf("wire: %s of the server: %w", head.Type, err)
	}
	if spec.class != durable {
		head.Seq = 0
	}
	return Received{Seq: head.Seq, Event: ev}, nil
}
