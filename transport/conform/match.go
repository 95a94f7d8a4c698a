package conform

import (
	"fmt"
	"strings"
)

// captures are the values that a scenario has named.
type captures map[string]any

// match holds a value against what is expected of it and says how they differ,
// "" if they do not. Names at their first use are kept in c, also when something
// else differs; use try where that matters.
func (c captures) match(want, got any, path string) string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %s, want an object", at(path), oneLine(got))
		}
		return c.matchObject(want, have, path)
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return fmt.Sprintf("%s is %s, want a list of %d", at(path), oneLine(got), len(want))
		}
		for i := range want {
			if diff := c.match(want[i], have[i], fmt.Sprintf("%s[%d]", path, i)); diff != "" {
				return diff
			}
		}
		return ""
	case string:
		if name, ok := strings.CutPrefix(want, "$"); ok {
			return c.matchName(name, got, path)
		}
	}
	if want != got {
		return fmt.Sprintf("%s is %s, want %s", at(path), oneLine(got), oneLine(want))
	}
	return ""
}

func (c captures) matchObject(want, have map[string]any, path string) string {
	for key, value := range want {
		got, there := have[key]
		switch {
		case value == nil && there:
			return fmt.Sprintf("%s is %s, want it absent", at(path+"."+key), oneLine(got))
		case value == nil:
		case !there:
			return fmt.Sprintf("%s is absent, want %s", at(path+"."+key), oneLine(value))
		default:
			if diff := c.match(value, got, path+"."+key); diff != "" {
				return diff
			}
		}
	}
	return ""
}

func (c captures) matchName(name string, got any, path string) string {
	if name == "_" {
		return ""
	}
	known, ok := c[name]
	if !ok {
		c[name] = got
		return ""
	}
	if known != got {
		return fmt.Sprintf("%s is %s, want $%s, which is %s", at(path), oneLine(got), name, oneLine(known))
	}
	return ""
}

// try is match that keeps names only if all is as expected.
func (c captures) try(want, got any) string {
	trial := make(captures, len(c))
	for name, value := range c {
		trial[name] = value
	}
	if diff := trial.match(want, got, ""); diff != "" {
		return diff
	}
	for name, value := range trial {
		c[name] = value
	}
	return ""
}

// fill puts values in the place of names.
func (c captures) fill(value any) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		filled := make(map[string]any, len(v))
		for key, member := range v {
			var err error
			if filled[key], err = c.fill(member); err != nil {
				return nil, err
			}
		}
		return filled, nil
	case string:
		name, named := strings.CutPrefix(v, "$")
		if !named {
			return v, nil
		}
		known, ok := c[name]
		if !ok {
			return nil, fmt.Errorf("$%s has no value yet", name)
		}
		return known, nil
	default:
		return v, nil
	}
}

func at(path string) string {
	if path == "" {
		return "the frame"
	}
	return strings.TrimPrefix(path, ".")
}
