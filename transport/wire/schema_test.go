package wire

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	generator "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	schemaPath = "schema/parley.v1.schema.json"
	schemaID   = "https://parley-engine.github.io/schema/parley.v1.schema.json"
)

type object = map[string]any

// publish builds the schema of all frames from their structs.
func publish(t *testing.T) []byte {
	t.Helper()
	defs := object{}
	r := &generator.Reflector{Anonymous: true, AllowAdditionalProperties: true, ExpandedStruct: true, Mapper: leafSchema}
	if err := r.AddGoComments("github.com/parley-engine/parley/transport/wire", "."); err != nil {
		t.Fatal(err)
	}
	var client, server []branch
	for _, name := range CommandTypes() {
		spec := commandTable[name]
		defs["client."+name] = commandSchema(t, r, spec, defs)
		client = append(client, branch{frameType: name, def: "client." + name})
	}
	for _, key := range slices.Sorted(maps.Keys(eventIndex)) {
		def := "server." + strings.ReplaceAll(key, "/", ".")
		defs[def] = eventSchema(t, r, eventIndex[key], defs)
		name, role, _ := strings.Cut(key, "/")
		server = append(server, branch{frameType: name, role: role, def: def})
	}
	defs["client"], defs["server"] = dispatch(client), dispatch(server)
	text, err := json.MarshalIndent(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     schemaID,
		"title":   "parley.v1",
		"anyOf":   []any{ref("client"), ref("server")},
		"$defs":   defs,
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// leafSchema describes the types that reflection alone would get wrong.
func leafSchema(t reflect.Type) *generator.Schema {
	switch {
	case t == reflect.TypeFor[Time]():
		return &generator.Schema{Type: "string", Format: "date-time", Description: "RFC 3339 in UTC with milliseconds"}
	case t.Implements(closedSetType):
		values := reflect.Zero(t).Interface().(interface{ Values() []string }).Values()
		set := &generator.Schema{Type: "string"}
		for _, v := range values {
			set.Enum = append(set.Enum, v)
		}
		return set
	case t.Kind() == reflect.Uint64:
		return &generator.Schema{Type: "integer", Minimum: "0"}
	}
	return nil
}

// structSchema is what the generator makes of a struct; the objects that it
// refers to go into defs.
func structSchema(t *testing.T, r *generator.Reflector, kind reflect.Type, defs object) object {
	t.Helper()
	text, err := json.Marshal(r.ReflectFromType(kind))
	if err != nil {
		t.Fatal(err)
	}
	var s object
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if nested, ok := s["$defs"].(object); ok {
		maps.Copy(defs, nested)
	}
	delete(s, "$defs")
	delete(s, "$schema")
	if s["properties"] == nil {
		s["properties"] = object{}
	}
	return s
}

func commandSchema(t *testing.T, r *generator.Reflector, spec *commandSpec, defs object) object {
	s := structSchema(t, r, spec.kind, defs)
	require(s, "type", object{"enum": []any{spec.make().FrameType()}})
	properties := s["properties"].(object)
	for _, f := range spec.required {
		if f.kind.Kind() == reflect.Pointer {
			p := properties[f.name].(object)
			p["type"] = []any{p["type"], "null"}
		}
	}
	switch spec.make().(type) {
	case *Send:
		s["oneOf"] = []any{
			object{"required": []any{"text"}, "properties": object{"text": object{"minLength": 1}}},
			object{"required": []any{"attachment"}},
			object{"required": []any{"template"}},
		}
	case *Explain:
		s["oneOf"] = either("offer", "chat")
	case *Pick:
		s["oneOf"] = either("chat", "queue")
	case *Transfer:
		defs["Target"].(object)["oneOf"] = either("agent", "queue")
	}
	var may []string
	for _, role := range spec.roles {
		may = append(may, string(role))
	}
	s["$comment"] = "sent by: " + strings.Join(may, ", ")
	return s
}

// either asks for one of two texts.
func either(a, b string) []any {
	return []any{
		object{"required": []any{a}, "properties": object{a: object{"minLength": 1}}},
		object{"required": []any{b}, "properties": object{b: object{"minLength": 1}}},
	}
}

func eventSchema(t *testing.T, r *generator.Reflector, spec *eventSpec, defs object) object {
	s := structSchema(t, r, spec.kind, defs)
	ev := spec.make()
	require(s, "type", object{"enum": []any{ev.FrameType()}})
	if v, ok := ev.(variant); ok {
		require(s, "role", object{"enum": []any{string(v.forRole())}})
	}
	switch spec.class {
	case durable:
		require(s, "seq", object{"type": "integer", "minimum": 1})
	case ephemeral:
		s["$comment"] = "ephemeral: not numbered, the latest wins"
	}
	return s
}

func require(s object, name string, property object) {
	s["properties"].(object)[name] = property
	required, _ := s["required"].([]any)
	s["required"] = append([]any{name}, required...)
}

func ref(def string) object { return object{"$ref": "#/$defs/" + def} }

// branch is the schema of the frames of one type, or of one type for one role.
type branch struct {
	frameType, role, def string
}

// dispatch picks a frame's schema by its type, so that a refusal speaks of that
// frame alone.
func dispatch(branches []branch) object {
	var types, rules []any
	for _, b := range branches {
		if !slices.Contains(types, any(b.frameType)) {
			types = append(types, b.frameType)
		}
		when := object{"type": object{"enum": []any{b.frameType}}}
		if b.role != "" {
			when["role"] = object{"enum": []any{b.role}}
		}
		rules = append(rules, object{"if": object{"properties": when}, "then": ref(b.def)})
	}
	return object{
		"type": "object", "required": []any{"type"}, "properties": object{"type": object{"enum": types}}, "allOf": rules,
	}
}

func TestTheSchemaIsCurrent(t *testing.T) {
	golden(t, schemaPath, publish(t))
	if !*update && !bytes.Equal(Schema(), publish(t)) {
		t.Error("the embedded schema is not the published one")
	}
}

// compiled is the published schema of one direction.
func compiled(t testing.TB, direction string) *validator.Schema {
	t.Helper()
	document, err := validator.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(schemaID, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID + "#/$defs/" + direction)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *validator.Schema, line []byte) error {
	instance, err := validator.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return err
	}
	return s.Validate(instance)
}

func TestTheSchemaAcceptsEveryGoldenFrame(t *testing.T) {
	client, server := compiled(t, "client"), compiled(t, "server")
	for _, c := range sampleCommands {
		if err := validate(client, AppendCommand(nil, c)); err != nil {
			t.Errorf("%s: %v", c.FrameType(), err)
		}
		if err := validate(server, AppendCommand(nil, c)); err == nil && eventIndex[c.FrameType()] == nil {
			t.Errorf("%s passes as a frame of the server", c.FrameType())
		}
	}
	for _, ev := range sampleEvents {
		if err := validate(server, sampleFrame(ev)); err != nil {
			t.Errorf("%s: %v", ev.FrameType(), err)
		}
		if Durable(ev) {
			if err := validate(server, AppendEvent(nil, ev)); err == nil {
				t.Errorf("%s passes without a number", ev.FrameType())
			}
		}
	}
}

func TestTheSchemaHasNoUntypedField(t *testing.T) {
	var s object
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	for name, def := range s["$defs"].(object) {
		properties, _ := def.(object)["properties"].(object)
		for field, p := range properties {
			known := p.(object)
			if known["type"] == nil && known["$ref"] == nil && known["enum"] == nil {
				t.Errorf("%s.%s may be anything: %v", name, field, p)
			}
		}
	}
}
