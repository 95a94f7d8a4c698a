// Package wire is the protocol parley.v1 in one place: the frames, their
// codec, the error and close codes, the published schema and the golden frames.
// It knows nothing of chats or rules; it turns lines of JSON into typed values
// and back, and refuses by name what is not a frame.
//
// A client sends commands, the server answers each with [OK] or [Error] and
// sends session frames and events. Every frame is a pointer to a struct of this
// package; its type on the wire is what FrameType returns, so that a struct can
// never be sent under another name.
//
// # Adding a frame
//
// A command is one struct with its three methods (FrameType, CommandID,
// Validate) and one line in the table of commands; an event one struct with
// FrameType and one line in the table of server frames. Schema, decoder and the
// tests that hold PROTOCOL.md and the golden frames complete follow from the
// tables.
//
// # Reading and writing
//
// [DecodeBatch] reads what a peer sent in one websocket message. [AppendEvent]
// encodes an event once, without its place in a stream; [AppendSeq] copies the
// shared bytes into each recipient's frame with the number of that recipient's
// stream.
package wire

// Subprotocol is the name under which peers agree on this protocol when the
// websocket is opened.
const Subprotocol = "parley.v1"

// Frame is anything that travels as one JSON object on one line.
type Frame interface {
	// FrameType is the value of the frame's "type".
	FrameType() string
}

// Command is a frame that a client sends.
type Command interface {
	Frame
	// CommandID is the client's own id of this command, empty only where the
	// protocol asks for none (pong, hello).
	CommandID() string
	// Validate says what is wrong with the fields, or nil. Limits that depend
	// on the channel or on the deployment are not checked here.
	Validate() *Error
}

// Event is a frame that the server sends: an event of the principal's stream,
// an ephemeral one, or a frame of the session itself.
type Event interface {
	Frame
}
