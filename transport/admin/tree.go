package admin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/config"
)

// tree is a document as plain values, being changed.
type tree = map[string]any

// entry is one part of a collection.
type entry struct {
	id    string
	value tree
}

// collection is a list or map of a document, whose entries go by a name.
type collection struct {
	name, one string   // queues, queue
	section   []string // where it stands: queues, or within its owner: wrapup, codes
	of        *collection
	key       string // the field that names an entry of a list; empty for a map
	numbered  bool   // a list whose entries go by their place, from 0
	shape     *config.Shape
}

// holder finds the fields that the collection is one of; make puts those there
// that are missing.
func (c *collection) holder(t tree, owner string, make bool) (tree, string, error) {
	if c.of != nil {
		found, _, err := c.of.find(t, "", owner)
		if err != nil {
			return nil, "", err
		}
		t = found
	}
	last := len(c.section) - 1
	for _, name := range c.section[:last] {
		next, there := t[name].(tree)
		if !there {
			next = tree{}
			if make {
				t[name] = next
			}
		}
		t = next
	}
	return t, c.section[last], nil
}

// list is the collection's entries: in the order of the document where places
// count, else by name.
func (c *collection) list(t tree, owner string) ([]entry, error) {
	holder, field, err := c.holder(t, owner, false)
	if err != nil {
		return nil, err
	}
	var all []entry
	switch is := holder[field].(type) {
	case tree:
		for _, id := range slices.Sorted(maps.Keys(is)) {
			value, _ := is[id].(tree)
			all = append(all, entry{id, value})
		}
	case []any:
		for i, v := range is {
			value, _ := v.(tree)
			all = append(all, entry{c.nameOf(i, value), value})
		}
		if !c.numbered {
			slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
		}
	}
	return all, nil
}

func (c *collection) nameOf(i int, value tree) string {
	if c.numbered {
		return strconv.Itoa(i)
	}
	id, _ := value[c.key].(string)
	return id
}

// find returns an entry and its path in the document: queues[2].
func (c *collection) find(t tree, owner, id string) (tree, string, error) {
	holder, field, err := c.holder(t, owner, false)
	if err != nil {
		return nil, "", err
	}
	switch is := holder[field].(type) {
	case tree:
		if value, there := is[id].(tree); there {
			return value, c.path(t, owner) + "." + id, nil
		}
	case []any:
		if i := c.index(is, id); i >= 0 {
			value, _ := is[i].(tree)
			return value, c.path(t, owner) + "[" + strconv.Itoa(i) + "]", nil
		}
	}
	return nil, "", fmt.Errorf("%s %q: %w", c.one, id, acd.ErrNotFound)
}

// index is where an entry stands in the list, -1 if it does not.
func (c *collection) index(list []any, id string) int {
	for i, v := range list {
		if value, _ := v.(tree); c.nameOf(i, value) == id {
			return i
		}
	}
	return -1
}

func (c *collection) path(t tree, owner string) string {
	path := strings.Join(c.section, ".")
	if c.of != nil {
		if _, at, err := c.of.find(t, "", owner); err == nil {
			path = at + "." + path
		}
	}
	return path
}

// put replaces an entry, or adds it at the end.
func (c *collection) put(t tree, owner, id string, value tree) error {
	holder, field, err := c.holder(t, owner, true)
	if err != nil {
		return err
	}
	if !c.numbered && c.key == "" {
		named, there := holder[field].(tree)
		if !there {
			named = tree{}
			holder[field] = named
		}
		named[id] = value
		return nil
	}
	list, _ := holder[field].([]any)
	switch i := c.index(list, id); {
	case i >= 0:
		list[i] = value
	case c.numbered && id != strconv.Itoa(len(list)):
		return fieldProblem("path."+c.one, fmt.Sprintf("%q is no place in the list, expected 0 to %d", id, len(list)))
	default:
		list = append(list, value)
	}
	holder[field] = list
	return nil
}

// remove takes an entry out.
func (c *collection) remove(t tree, owner, id string) error {
	holder, field, err := c.holder(t, owner, false)
	if err != nil {
		return err
	}
	switch is := holder[field].(type) {
	case tree:
		delete(is, id)
	case []any:
		if i := c.index(is, id); i >= 0 {
			holder[field] = slices.Delete(is, i, i+1)
		}
	}
	return nil
}

// shown is an entry as the API shows it: with its name in it.
func (c *collection) shown(e entry) tree {
	value := maps.Clone(e.value)
	if value == nil {
		value = tree{}
	}
	value[c.field()] = e.id
	return value
}

// field is what an entry's name stands in.
func (c *collection) field() string { return cmp.Or(c.key, "id") }

// unshown is the opposite, for what somebody sends; his name for it, if he
// gives one, must be that of the path.
func (c *collection) unshown(id string, value tree) (tree, error) {
	value = maps.Clone(value)
	if given, there := value[c.field()]; there && given != id {
		return nil, fieldProblem("body."+c.field(), fmt.Sprintf("is not that of the path, expected %q or nothing", id))
	}
	if c.key == "" {
		delete(value, "id")
	} else {
		value[c.key] = id
	}
	return value, nil
}

// maxNesting bounds how deep a body may be.
const maxNesting = 32

// parse reads an object.
func parse(body json.RawMessage) (tree, error) {
	var t tree
	if err := json.Unmarshal(body, &t); err != nil || t == nil {
		return nil, fieldProblem("body", "expected an object")
	}
	if deep(t, maxNesting) {
		return nil, fieldProblem("body", fmt.Sprintf("is nested too deep, expected at most %d levels", maxNesting))
	}
	return t, nil
}

func deep(v any, most int) bool {
	if most == 0 {
		return true
	}
	switch v := v.(type) {
	case tree:
		for _, inner := range v {
			if deep(inner, most-1) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return deep(inner, most-1) })
	}
	return false
}

// merge is a merge patch of RFC 7396: what is null goes.
func merge(into, patch tree) tree {
	into = maps.Clone(into)
	if into == nil {
		into = tree{}
	}
	for name, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(into, name)
		case tree:
			inner, _ := into[name].(tree)
			into[name] = merge(inner, value)
		default:
			into[name] = value
		}
	}
	return into
}
