package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The bounds of one websocket message unless Bounds says otherwise.
const (
	DefaultFrames  = 64
	DefaultNesting = 16
	// MaxMessageBytes is what a client may send in one websocket message. It is
	// held where the message is read, not here.
	MaxMessageBytes = 32 << 10
	// MaxHelloBytes is what the first message of a connection may have.
	MaxHelloBytes = 4 << 10
)

// Bounds limits what one websocket message may contain. The zero value stands
// for the defaults.
type Bounds struct {
	Frames  int
	Nesting int
}

func (b Bounds) orDefaults() Bounds {
	if b.Frames == 0 {
		b.Frames = DefaultFrames
	}
	if b.Nesting == 0 {
		b.Nesting = DefaultNesting
	}
	return b
}

// DecodeBatch reads the frames of one websocket message, one a line, in order:
// for each line either a command that is valid or the error to answer with. A
// bad line does not spoil the others; a message with too many lines is refused
// whole, with one error. One newline at the very end is allowed. The commands do
// not share memory with data.
func DecodeBatch(data []byte, bounds Bounds) iter.Seq2[Command, *Error] {
	bounds = bounds.orDefaults()
	data = bytes.TrimSuffix(data, []byte{'\n'})
	return func(yield func(Command, *Error) bool) {
		if lines := bytes.Count(data, []byte{'\n'}) + 1; lines > bounds.Frames {
			yield(nil, badFrame("", "a message of %d frames; expected at most %d", lines, bounds.Frames))
			return
		}
		for line := range bytes.SplitSeq(data, []byte{'\n'}) {
			if !yield(decode(line, bounds.Nesting)) {
				return
			}
		}
	}
}

// Decode reads one command from one line. Of command and error exactly one is
// not nil.
func Decode(line []byte) (Command, *Error) { return decode(line, DefaultNesting) }

func decode(line []byte, nesting int) (Command, *Error) {
	if c := decodeFlat(line); c != nil {
		return c, nil
	}
	return decodeAny(line, nesting)
}

// decodeAny is the general decoder, which says what is wrong.
func decodeAny(line []byte, nesting int) (Command, *Error) {
	var s sketch
	s.read(line)
	if s.depth > nesting {
		return nil, badFrame(s.re(), "nested %d deep; expected at most %d", s.depth, nesting)
	}
	kind, ok := s.text("type")
	if !ok {
		return nil, withoutType(line, &s)
	}
	spec := commandTable[string(kind)]
	if spec == nil {
		return nil, unknownType(line, &s, string(kind))
	}
	c := spec.make()
	if err := json.Unmarshal(line, c); err != nil {
		return nil, badFrame(s.re(), "%s: %s", c.FrameType(), explain(err))
	}
	if f := missing(&s, spec); f.is != "" {
		return nil, refuseAs(&s, c, f)
	}
	if s.odd {
		if f := conform(line, spec.kind); f.is != "" {
			return nil, refuseAs(&s, c, f)
		}
	}
	if err := c.Validate(); err != nil {
		err.Re = s.re()
		return nil, err
	}
	return c, nil
}

func refuseAs(s *sketch, c Command, f fault) *Error {
	err := refuse(c, f)
	err.Re = s.re()
	return err
}

// withoutType says why a line has no type that could be read.
func withoutType(line []byte, s *sketch) *Error {
	trimmed := bytes.TrimSpace(line)
	if len(trimmed) == 0 {
		return badFrame("", "an empty line; expected a JSON object")
	}
	if err := wellFormed(line); err != nil {
		return badFrame(s.re(), "%s", explain(err))
	}
	if trimmed[0] != '{' {
		return badFrame("", "%s; expected a JSON object", nameOf(jsontext.Kind(trimmed[0])))
	}
	if s.has("type") {
		return badFrame(s.re(), "type is not a text; expected the name of a command")
	}
	return badFrame(s.re(), "type is missing; expected the name of a command")
}

func unknownType(line []byte, s *sketch, kind string) *Error {
	if err := wellFormed(line); err != nil {
		return badFrame(s.re(), "%s", explain(err))
	}
	const enough = 40
	if len(kind) > enough {
		kind = kind[:enough] + "..."
	}
	return &Error{Re: s.re(), Code: CodeUnknownType, Message: fmt.Sprintf("%q is not a command of %s", kind, Subprotocol)}
}

// missing finds the first required member that the line does not have.
func missing(s *sketch, spec *commandSpec) fault {
	for i := range spec.required {
		if !s.has(spec.required[i].name) {
			return fault{spec.required[i].name, "is missing", wanted(spec.required[i].kind)}
		}
	}
	return fault{}
}

// wellFormed reads the line as exactly one JSON value.
func wellFormed(line []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	if _, err := d.ReadValue(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return fmt.Errorf("something follows the object on its line; expected one frame a line")
	}
	return nil
}

// explain turns a decoder's error into words for the peer.
func explain(err error) string {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the line ends before the object does; expected a whole JSON object on one line"
	case errors.As(err, &syntax):
		return fmt.Sprintf("%v at byte %d; expected JSON in UTF-8 without duplicate names", syntax.Err, syntax.ByteOffset)
	case errors.As(err, &meaning) && meaning.GoType != nil:
		is := nameOf(meaning.JSONKind)
		if meaning.JSONKind == '0' && len(meaning.JSONValue) > 0 {
			is = "the number " + string(meaning.JSONValue)
		}
		return fmt.Sprintf("%s is %s; expected %s", fieldName(meaning.JSONPointer), is, wanted(meaning.GoType))
	default:
		return err.Error()
	}
}

// fieldName is a pointer such as /client/name in the protocol's own spelling.
func fieldName(p jsontext.Pointer) string {
	path := ""
	for token := range p.Tokens() {
		if path != "" {
			path += "."
		}
		path += token
	}
	if path == "" {
		return "the frame"
	}
	return path
}

func nameOf(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	default:
		return "a number"
	}
}

// wanted names what a field of this type takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wanted(t.Elem())
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Uint64:
		return "a whole number from 0 on"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	default:
		return "an object"
	}
}
