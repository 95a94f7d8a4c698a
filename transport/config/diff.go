package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Change is one difference between two documents.
type Change struct {
	Path string `json:"path" doc:"Where; entries of lists go by their id, like queues[support].offer_timeout."`
	From any    `json:"from,omitempty" doc:"What was there; absent for what is added."`
	To   any    `json:"to,omitempty" doc:"What will be; absent for what goes."`
}

// String is the change as a line of a diff.
func (c Change) String() string {
	switch {
	case c.From == nil:
		return "+ " + c.Path + ": " + line(c.To)
	case c.To == nil:
		return "- " + c.Path + ": " + line(c.From)
	}
	return "~ " + c.Path + ": " + line(c.From) + " -> " + line(c.To)
}

func line(v any) string {
	text, err := Canonical(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// Diff names what is different in after, sorted by path.
func Diff(before, after *Document) []Change {
	var changes []Change
	compare("", before.Tree(), after.Tree(), &changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes
}

func compare(path string, before, after any, to *[]Change) {
	if reflect.DeepEqual(before, after) {
		return
	}
	had, has, join := parts(before), parts(after), dotted
	if had == nil && has == nil {
		had, has, join = entries(before), entries(after), bracketed
	}
	if had == nil || has == nil {
		*to = append(*to, Change{path, before, after})
		return
	}
	seen := maps.Clone(had)
	maps.Copy(seen, has)
	changed := len(*to)
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		compare(join(path, name), had[name], has[name], to)
	}
	if len(*to) == changed { // the order alone
		*to = append(*to, Change{path, before, after})
	}
}

func dotted(path, name string) string { return join(path, name) }

func bracketed(path, name string) string { return path + "[" + name + "]" }

func parts(v any) map[string]any {
	fields, _ := v.(map[string]any)
	return fields
}

// entries are those of a list by what names them, nil for any other value and
// for lists whose entries have no names or have one twice.
func entries(v any) map[string]any {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	by := map[string]any{}
	for i, entry := range list {
		name := NameOf(entry)
		if name == "" && parts(entry) != nil {
			name = strconv.Itoa(i)
		}
		if _, twice := by[name]; twice || name == "" {
			return nil
		}
		by[name] = entry
	}
	return by
}

// NameOf is what an entry of a list goes by: its id, its code or its queue.
func NameOf(entry any) string {
	for _, key := range []string{"id", "code", "queue"} {
		if name, ok := parts(entry)[key].(string); ok {
			return name
		}
	}
	return ""
}
