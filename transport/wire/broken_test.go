package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestWhateverIsBrokenInAFrameIsRefusedBySchemaAndServerAlike breaks the sample
// of each command at each of its fields, as the published schema says what
// belongs there, and holds the schema's verdict against the decoder's.
func TestWhateverIsBrokenInAFrameIsRefusedBySchemaAndServerAlike(t *testing.T) {
	client := compiled(t, "client")
	var schema object
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	defs := schema["$defs"].(object)
	cases := 0
	for _, c := range sampleCommands {
		def := defs["client."+c.FrameType()].(object)
		for _, name := range slices.Sorted(maps.Keys(def["properties"].(object))) {
			if name == "type" {
				continue
			}
			for how, line := range breakings(t, c, def, name) {
				cases++
				err := validate(client, line)
				_, refused := Decode(line)
				switch {
				case (err != nil) != (refused != nil):
					t.Errorf("%s, %s %s: the schema says %v, the server %v: %s", c.FrameType(), name, how, err, refused, line)
				case err != nil && !slices.Contains(blamed(err), name):
					t.Errorf("%s, %s %s: the schema blames %q", c.FrameType(), name, how, blamed(err))
				case err != nil && (refused.Code != CodeBadFrame || !strings.Contains(refused.Message, name)):
					t.Errorf("%s, %s %s: the server says %v", c.FrameType(), name, how, refused)
				}
			}
		}
	}
	if cases < 500 {
		t.Errorf("only %d cases", cases)
	}
}

// breakings are lines of c that are wrong at one field, by how.
func breakings(t *testing.T, c Command, def object, name string) map[string][]byte {
	t.Helper()
	property := def["properties"].(object)[name].(object)
	values := map[string]any{"a list": []any{1}, "null": nil}
	if property["type"] != "boolean" {
		values["a flag"] = true
	}
	if property["type"] != "integer" {
		values["a number"] = 7
	} else {
		values["a fraction"] = 1.5
	}
	if property["type"] != "string" {
		values["a text"] = "x"
	}
	if most, ok := property["maxLength"].(float64); ok {
		values["too long"] = strings.Repeat("é", int(most)+1)
	}
	if property["enum"] != nil {
		values["none of the set"] = "made-up"
	}
	for limit, beyond := range map[string]float64{"minimum": -1, "maximum": 1} {
		if bound, ok := property[limit].(float64); ok {
			values["beyond its "+limit] = bound + beyond
		}
	}
	if types, ok := property["type"].([]any); ok && slices.Contains(types, any("null")) {
		delete(values, "null")
		delete(values, "a text")
	}
	lines := map[string][]byte{}
	for how, value := range values {
		lines[how] = altered(t, c, name, value, false)
	}
	if required, _ := def["required"].([]any); slices.Contains(required, any(name)) {
		lines["missing"] = altered(t, c, name, nil, true)
	}
	return lines
}

// altered is the line of c with another value at one field, or without it.
func altered(t *testing.T, c Command, name string, value any, without bool) []byte {
	t.Helper()
	var f object
	if err := json.Unmarshal(AppendCommand(nil, c), &f); err != nil {
		t.Fatal(err)
	}
	f[name] = value
	if without {
		delete(f, name)
	}
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", c.FrameType(), err))
	}
	return line
}
