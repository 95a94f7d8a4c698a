package conform

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/parley-engine/parley/transport/wire"
)

// Scenario is one file.
type Scenario struct {
	Name string `yaml:"name"`
	// Rows are the requirements that the scenario shows.
	Rows   []string          `yaml:"rows"`
	People map[string]Person `yaml:"people"`
	Steps  []Step            `yaml:"steps"`
}

// Person is somebody with a connection. Subject is his id.
type Person struct {
	Role    wire.Role `yaml:"role"`
	Subject string    `yaml:"subject"`
	Name    string    `yaml:"name"`
	// Scope is the queues that a supervisor oversees; all of them without it.
	Scope []string `yaml:"scope"`
}

// Step is one line of the conversation.
type Step struct {
	// Sentence is the line itself, such as "alice sends".
	Sentence string
	// Frame is what stands after the colon, Gets the expected answer; as JSON
	// has them, nil where nothing was written.
	Frame, Gets any
}

// UnmarshalYAML reads a sentence alone, or one with a frame and an answer.
func (s *Step) UnmarshalYAML(unmarshal func(any) error) error {
	if err := unmarshal(&s.Sentence); err == nil {
		return nil
	}
	var parts map[string]any
	if err := unmarshal(&parts); err != nil {
		return err
	}
	for key, value := range parts {
		value, err := plain(value)
		switch {
		case err != nil:
			return err
		case key == "gets":
			s.Gets = value
		case s.Sentence != "":
			return fmt.Errorf("a step with two sentences: %q and %q", s.Sentence, key)
		default:
			s.Sentence, s.Frame = key, value
		}
	}
	if s.Sentence == "" {
		return fmt.Errorf("a step without a sentence")
	}
	return nil
}

// plain is a value of YAML as JSON would have given it.
func plain(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("not a value of JSON: %w", err)
	}
	var same any
	return same, json.Unmarshal(text, &same)
}

// String is the step on one line.
func (s Step) String() string {
	if s.Frame == nil {
		return s.Sentence
	}
	return s.Sentence + ": " + oneLine(s.Frame)
}

func oneLine(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// pause is how long a "wait" lasts, 0 for all else.
func (s Step) pause() time.Duration {
	text, _ := s.Frame.(string)
	d, err := time.ParseDuration(text)
	if s.Sentence != waiting || err != nil {
		return 0
	}
	return d
}

// Parse reads a scenario and checks that its sentences are understood and its
// people known.
func Parse(text []byte) (*Scenario, error) {
	var s Scenario
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		return nil, err
	}
	if s.Name == "" || len(s.Steps) == 0 {
		return nil, fmt.Errorf("a scenario needs a name and steps")
	}
	known := map[string]bool{}
	for name, p := range s.People {
		if p.Subject == "" || !slices.Contains(p.Role.Values(), string(p.Role)) {
			return nil, fmt.Errorf("people: %s needs a role and a subject", name)
		}
		known[name] = true
	}
	for i, step := range s.Steps {
		line, err := understand(step.Sentence)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		if step.Sentence == waiting && step.pause() <= 0 {
			return nil, fmt.Errorf("step %d: wait for how long? %v", i+1, step.Frame)
		}
		if line.who != "" && !known[line.who] {
			return nil, fmt.Errorf("step %d: %q: who is %s?", i+1, step.Sentence, line.who)
		}
		if line.as != "" {
			known[line.as] = true
		}
	}
	return &s, nil
}

// load reads the scenarios of a file system, by path.
func load(files fs.FS) (map[string]*Scenario, error) {
	paths, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	scenarios := make(map[string]*Scenario, len(paths))
	for _, path := range paths {
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		if scenarios[path], err = Parse(text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return scenarios, nil
}

// sentence is a step's line, taken apart.
type sentence struct {
	who, as string
	what    string // that is done away with
	do      func(p *play, ctx context.Context, l sentence, s Step) error
}

const (
	waiting       = "wait"
	secondSession = "opens a second session as "
	removal       = "the administrator removes the source "
	deletion      = "the administrator deletes the queue "
)

// understand takes a sentence apart.
func understand(text string) (sentence, error) {
	switch text {
	case waiting:
		return sentence{do: (*play).wait}, nil
	case "the server restarts":
		return sentence{do: (*play).restart}, nil
	}
	if source, ok := strings.CutPrefix(text, removal); ok && source != "" {
		return sentence{what: source, do: (*play).removeSource}, nil
	}
	if queue, ok := strings.CutPrefix(text, deletion); ok && queue != "" {
		return sentence{what: queue, do: (*play).deleteQueue}, nil
	}
	who, verb, _ := strings.Cut(text, " ")
	if as, ok := strings.CutPrefix(verb, secondSession); ok && as != "" {
		return sentence{who: who, as: as, do: (*play).second}, nil
	}
	do := map[string]func(*play, context.Context, sentence, Step) error{
		"connects":              (*play).connect,
		"reconnects":            (*play).reconnect,
		"drops":                 (*play).drop,
		"acknowledges":          (*play).acknowledge,
		"sends":                 (*play).send,
		"sends again":           (*play).sendAgain,
		"receives":              (*play).receive,
		"receives in any order": (*play).receiveAll,
		"does not receive":      (*play).miss,
		"has snapshot":          (*play).snapshot,
		"is closed":             (*play).closed,
		"uploads":               (*play).upload,
		"downloads":             (*play).download,
	}[verb]
	if do == nil {
		return sentence{}, fmt.Errorf("%q is not a sentence of scenarios", text)
	}
	return sentence{who: who, do: do}, nil
}
