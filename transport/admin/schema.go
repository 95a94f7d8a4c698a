package admin

import (
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/transport/config"
)

// durationForm is what a duration looks like.
const (
	durationForm = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`
	neverForm    = `^(never|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`
	skillForm    = `^[A-Za-z0-9._-]{1,64}(>=[0-9]+)?$`
)

// schema describes a part of the configuration. Parts with a name stand among
// the components, once.
func (a *API) schema(s *config.Shape) *huma.Schema {
	switch s.Kind {
	case config.Fields:
		return a.component(s.Name, func() *huma.Schema { return a.fields(s) })
	case config.List:
		return &huma.Schema{Type: huma.TypeArray, Items: a.schema(s.Of)}
	case config.Map:
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: a.schema(s.Of)}
	case config.Number:
		return number(s)
	case config.Flag:
		return &huma.Schema{Type: huma.TypeBoolean}
	case config.Duration:
		return duration(s)
	}
	return text(s)
}

func number(s *config.Shape) *huma.Schema {
	made := &huma.Schema{Type: huma.TypeInteger}
	if s.Bounded {
		least, most := float64(s.Least), float64(s.Most)
		made.Minimum, made.Maximum = &least, &most
	}
	return made
}

func duration(s *config.Shape) *huma.Schema {
	made := &huma.Schema{Type: huma.TypeString, Pattern: durationForm, Description: "A duration like 500ms, 20s, 5m or 2h."}
	if s.Never {
		made.Pattern, made.Description = neverForm, "A duration like 500ms, 20s, 5m or 2h, or never."
	}
	if s.Latest > 0 {
		made.Description += " From " + s.Soonest.String() + " to " + s.Latest.String() + "."
		made.Examples = []any{min(max(2*time.Minute, s.Soonest), s.Latest).String()}
	}
	return made
}

func text(s *config.Shape) *huma.Schema {
	made := &huma.Schema{Type: huma.TypeString, Pattern: s.Pattern}
	if s.Example != "" {
		made.Examples = []any{s.Example}
	}
	if s.MaxChars > 0 {
		made.MaxLength = &s.MaxChars
	}
	for _, choice := range s.Choices {
		made.Enum = append(made.Enum, choice)
	}
	if s.Refers != "" {
		made.Description = "The id of a " + s.Refers + "."
		made.Extensions = map[string]any{"x-refers-to": s.Refers}
	}
	if s.Requirements {
		made.Pattern, made.Description = skillForm, "A skill, or one with its least level like latin>=7."
	}
	return made
}

func (a *API) fields(s *config.Shape) *huma.Schema {
	made := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	for _, f := range s.Fields {
		made.Properties[f.Name] = a.schema(f.Shape)
		if f.Required {
			made.Required = append(made.Required, f.Name)
		}
	}
	return made
}

// component refers to a schema among the components, and puts it there.
func (a *API) component(name string, make func() *huma.Schema) *huma.Schema {
	all := a.huma.OpenAPI().Components.Schemas
	if _, there := all.Map()[name]; !there {
		all.Map()[name] = nil // it may refer to itself
		all.Map()[name] = make()
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// of describes a Go type of ours.
func of[T any](a *API) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
}

// page describes a page of a list.
func (a *API) page(name string, item *huma.Schema) *huma.Schema {
	return a.component(name, func() *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, Required: []string{"items"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
			"items": {Type: huma.TypeArray, Items: item},
			"next":  {Type: huma.TypeString, Description: "The cursor of the next page; absent on the last one."},
		}}
	})
}
