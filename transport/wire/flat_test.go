package wire

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// unlike says how the two decoders and the two encoders differ on a line,
// nothing if they agree.
func unlike(line []byte) string {
	c := decodeFlat(line)
	general, refused := decodeAny(line, DefaultNesting)
	switch {
	case c == nil:
	case refused != nil:
		return "flat takes what the general decoder refuses: " + refused.Message
	case !reflect.DeepEqual(c, general):
		return "the decoders understand it differently"
	}
	if general != nil && !bytes.Equal(AppendCommand(nil, general), appendMarshalled(nil, general)) {
		return "the encoders differ: " + string(AppendCommand(nil, general)) + " and " + string(appendMarshalled(nil, general))
	}
	return ""
}

// flatLines are taken by the flat decoder, in whatever order and spacing.
var flatLines = []string{
	sendLine,
	`{"type":"send","id":"1","chat":"c","text":"hé 😀","to":"agents"}`,
	" {\t\"chat\" : \"c\" ,\"id\":\"1\",\"type\":\"end\" }\r",
	`{"id":"1","type":"accept","offer":"o-1","later":7,"other":true}`,
	`{"type":"read","id":"1","chat":"c","upto":999999999999999999}`,
	`{"type":"typing","id":"1","chat":"c","on":false}`,
	`{"type":"pong"}`, `{"type":"pong","seq":0}`,
	`{"type":"start","id":"1","source":"web","name":"Maria Rossi","subject":"Parcel","agent":"alice","queue":"support"}`,
	`{"type":"wrapup","id":"1","chat":"c","code":"solved","notes":"none"}`,
	`{"type":"end","id":"1","chat":"c","x":{"a":1}}`,
	`{"type":"start","id":"1","source":"web","attributes":{"a":"b"}}`,
	`{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob"}}`,
	`{"type":"transfer","id":"1","chat":"c","to":{"queue":"sales"},"mode":"blind","note":"n","on_fail":"end"}`,
	`{"type":"transfer","id":"1","chat":"c","to": { "agent" : "bob" , "later":true }}`,
}

// roundLines are left to the general decoder, whatever it says to them.
var roundLines = []string{
	``, `{`, `{}`, `[]`, `null`, `{"type":"end"}`, `{"type":"end","id":"1","chat":"c"`, `{"type":"end","id":"1","chat":"c"}}`,
	`{"type":"end","id":"1","chat":"c",}`, `{"type":"end","id":"1","chat":"c"} x`, `{"type":"end","type":"end","id":"1","chat":"c"}`,
	`{"type":"end","id":"1","chat":"c","x":1,"x":1}`, `{"type":"end","id":"1","chat":""}`, `{"type":"end","id":1,"chat":"c"}`,
	`{"type":"end","id":"1","chat":"c","x":null}`, `{"type":"end","id":"1","chat":"c","x":{}}`, `{"type":"end","id":"1","chat":"c","x":01}`,
	`{"type":"end","id":"1","chat":"c","x":1.5}`, `{"type":"end","id":"1","chat":"c","x":-1}`, `{"type":"end","id":"1","chat":"c","x":tru}`,
	`{"type":"end","id":"1","chat":"c","x":truefalse}`, `{"type":"end","id":"\u0031","chat":"c"}`, "{\"type\":\"end\",\"id\":\"1\",\"chat\":\"\xff\"}",
	"{\"type\":\"end\",\"id\":\"1\",\"chat\":\"\xed\xa0\x80\"}", "{\"type\":\"end\",\"id\":\"1\",\"chat\":\"c\x01\"}", "\x00{\"type\":\"pong\"}",
	`{"type":"send","id":"1","chat":"c","text":"x","to":"nobody"}`, `{"type":"send","id":"1","chat":"c","text":"x","attachment":"a"}`,
	`{"type":"send","id":"1","chat":"c"}`, `{"type":"read","id":"1","chat":"c","upto":0}`, `{"type":"read","id":"1","chat":"c","upto":18446744073709551615}`,
	`{"type":"read","id":"1","chat":"c","upto":18446744073709551616}`, `{"type":"typing","id":"1","chat":"c"}`, `{"type":"typing","id":"1","chat":"c","on":1}`,
	`{"type":"pong","seq":"1"}`, `{"type":"dance","id":"1"}`, `{"type":1}`,
	`{"type":"start","id":"1","source":"web","attributes":{"a":1}}`, `{"type":"start","id":"1","source":"web","attributes":{"a":{"b":"c"}}}`,
	`{"type":"start","id":"1","source":"web","attributes":{"a":"b","a":"c"}}`, `{"type":"start","id":"1","source":"web","attributes":{"a":""}}`,
	`{"type":"start","id":"1","source":"web","attributes":"a"}`, `{"type":"start","id":"1","source":"web","attributes":{"a":"b"}`,
	`{"type":"transfer","id":"1","chat":"c"}`, `{"type":"transfer","id":"1","chat":"c","to":"bob"}`, `{"type":"transfer","id":"1","chat":"c","to":{}}`,
	`{"type":"transfer","id":"1","chat":"c","to":{"agent":7}}`, `{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob",}}`,
	`{"type":"transfer","id":"1","chat":"c","to":{"agent":"bob"},"mode":"often"}`, `{"type":"end","id":"1","chat":"c","x":{"a":{}}}`,
	`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"type":"pong"}`, `{"type":"end","id":"` + strings.Repeat("x", MaxIDChars+1) + `","chat":"c"}`,
}

func TestFlatLinesAreReadAsTheGeneralDecoderReadsThem(t *testing.T) {
	for _, line := range flatLines {
		if decodeFlat([]byte(line)) == nil {
			t.Errorf("left to the general decoder: %s", line)
		}
		if why := unlike([]byte(line)); why != "" {
			t.Errorf("%s: %s", line, why)
		}
	}
	for _, line := range roundLines {
		if decodeFlat([]byte(line)) != nil {
			t.Errorf("not left to the general decoder: %s", line)
		}
		if why := unlike([]byte(line)); why != "" {
			t.Errorf("%s: %s", line, why)
		}
	}
	for _, c := range sampleCommands {
		if why := unlike(appendMarshalled(nil, c)); why != "" {
			t.Errorf("%s: %s", c.FrameType(), why)
		}
	}
}

// FuzzFlat holds the same for lines that nobody thought of.
func FuzzFlat(f *testing.F) {
	for _, line := range append(flatLines, roundLines...) {
		f.Add([]byte(line))
	}
	for _, c := range sampleCommands {
		f.Add(AppendCommand(nil, c))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 {
			return // the next frame
		}
		if why := unlike(line); why != "" {
			t.Fatalf("%q: %s", line, why)
		}
	})
}
