package config

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Kind is what a value of a document is.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Number   Kind = "number" // a whole one
	Flag     Kind = "flag"
	Duration Kind = "duration" // a text like 20s, 5m or 2h
	List     Kind = "list"
	Map      Kind = "map" // names that the operator chooses
	Fields   Kind = "fields"
)

// Shape says what a part of a document looks like and what its checks hold it
// to, for whoever describes it to others. It is drawn from the types that the
// document is decoded into and from the checks themselves.
type Shape struct {
	Kind   Kind
	Name   string   // of Fields: Queue
	Of     *Shape   // of a List or Map: each entry
	Fields []*Field // of Fields
	Facts
}

// Field is one of the named parts of Fields.
type Field struct {
	Name string
	*Shape
}

// Facts are what a check holds a value to; zero is nothing.
type Facts struct {
	Required     bool
	Pattern      string
	MaxChars     int
	Choices      []string
	Least, Most  int           // of a Number, when Bounded
	Bounded      bool          // a Number
	Soonest      time.Duration // of a Duration
	Latest       time.Duration // of a Duration; 0 is without bounds
	Never        bool          // a Duration may be never
	Refers       string        // to what the id has to name: queue, channel
	Requirements bool          // a Text is a skill with or without a level: latin>=7
	Example      string        // one that fits, of a Text that has a form of its own
}

// Shapes is the shape of a whole document.
func Shapes() *Shape {
	var sample file
	populate(reflect.ValueOf(&sample).Elem())
	c := &checker{facts: map[string]Facts{}}
	sample.check(c)
	s := &shaper{facts: c.facts}
	whole := s.shape(reflect.TypeFor[file](), "")
	whole.Name = "Configuration"
	return whole
}

// In returns the shape of the field of that name, nil if there is none.
func (s *Shape) In(name string) *Shape {
	for _, f := range s.Fields {
		if f.Name == name {
			return f.Shape
		}
	}
	return nil
}

// populate puts one of everything into v, so that every check looks at it.
func populate(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		populate(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			populate(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		populate(v.Index(0))
	case reflect.Map:
		entry := reflect.New(v.Type().Elem()).Elem()
		populate(entry)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("*"), entry)
	}
}

var indexes = regexp.MustCompile(`\[\d+\]`)

// note keeps what a check holds the value at path to, when somebody asks.
func (c *checker) note(path string, is Facts) {
	if c.facts == nil {
		return
	}
	path = indexes.ReplaceAllString(path, "[]")
	had := c.facts[path]
	is.Required = is.Required || had.Required
	if is.Pattern == "" {
		is.Pattern = had.Pattern
	}
	if is.Refers == "" {
		is.Refers = had.Refers
	}
	if is.MaxChars == 0 {
		is.MaxChars = had.MaxChars
	}
	if is.Example == "" {
		is.Example = had.Example
	}
	c.facts[path] = is
}

type shaper struct{ facts map[string]Facts }

func (s *shaper) shape(t reflect.Type, path string) *Shape {
	if t.Kind() == reflect.Pointer {
		return s.shape(t.Elem(), path)
	}
	made := &Shape{Facts: s.facts[path]}
	switch {
	case t == durationType:
		made.Kind = Duration
	case t.Kind() == reflect.Struct:
		made.Kind, made.Name = Fields, title(t.Name())
		for i, name := range fieldNames(t) {
			if path == "" && slices.Contains(ofTheNode, name) {
				continue // no part of a document
			}
			made.Fields = append(made.Fields, &Field{name, s.shape(t.Field(i).Type, join(path, name))})
		}
	case t.Kind() == reflect.Slice:
		made.Kind, made.Of = List, s.shape(t.Elem(), path+"[]")
	case t.Kind() == reflect.Map:
		made.Kind, made.Of = Map, s.shape(t.Elem(), join(path, "*"))
	case t.Kind() == reflect.String:
		made.Kind = Text
	case t.Kind() == reflect.Int:
		made.Kind = Number
	case t.Kind() == reflect.Bool:
		made.Kind = Flag
	default:
		panic("config: no shape of " + t.String())
	}
	return made
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
