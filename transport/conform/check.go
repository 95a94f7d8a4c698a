package conform

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/parley-engine/parley/transport/wire"
)

// published is the schema of what a server sends.
var published = sync.OnceValues(func() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(wire.Schema()))
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("parley.v1.json", document); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return compiler.Compile("parley.v1.json#/$defs/server")
})

// valid holds a frame against the published schema.
func valid(line []byte) error {
	schema, err := published()
	if err != nil {
		return err
	}
	frame, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if err := schema.Validate(frame); err != nil {
		return fmt.Errorf("not valid by the schema: %w", err)
	}
	return nil
}

// secrets are what no customer may see: agents' ids as whole values, and texts
// to agents as parts of any.
type secrets struct {
	mu    sync.Mutex
	ids   map[string]bool
	notes []string
}

func (s *secrets) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, text)
}

// leak finds a secret in a frame.
func (s *secrets) leak(value any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(value)
}

func (s *secrets) find(value any) string {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			if s.ids[key] {
				return "the id of " + key
			}
			if found := s.find(member); found != "" {
				return found
			}
		}
	case []any:
		for _, member := range v {
			if found := s.find(member); found != "" {
				return found
			}
		}
	case string:
		if s.ids[v] {
			return "the id of " + v
		}
		for _, note := range s.notes {
			if strings.Contains(v, note) {
				return fmt.Sprintf("the note %q", note)
			}
		}
	}
	return ""
}
