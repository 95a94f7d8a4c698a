package admin

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"type": typeOf, "fields": fieldsOf}).Parse(pageText))

func status(code int) string { return strconv.Itoa(code) }

func pathNames(path string) (names []string) {
	for _, segment := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// readable serves the description: for programs, and as a page for people. It
// names nothing of a deployment, so it is for everybody who gets here. The page
// has no script and loads nothing.
func (a *API) readable() error {
	asJSON, err := a.OpenAPI().MarshalJSON()
	if err != nil {
		return fmt.Errorf("admin: describe: %w", err)
	}
	asYAML, err := a.OpenAPI().YAML()
	if err != nil {
		return fmt.Errorf("admin: describe: %w", err)
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, a.contents()); err != nil {
		return fmt.Errorf("admin: describe: %w", err)
	}
	for path, is := range map[string]struct {
		kind string
		text []byte
	}{
		"/openapi.json": {"application/vnd.oai.openapi+json; charset=utf-8", asJSON},
		"/openapi.yaml": {"application/vnd.oai.openapi; charset=utf-8", asYAML},
		"/docs":         {"text/html; charset=utf-8", page.Bytes()},
	} {
		a.mux.HandleFunc("GET "+root+path, func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h.Set("Content-Type", is.kind)
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			h.Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(is.text) // the asker may have gone
		})
	}
	a.mux.HandleFunc("GET "+root+"/docs.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(pageStyle) // the asker may have gone
	})
	return nil
}

//go:embed page.css
var pageStyle []byte

type (
	contents struct {
		Title, Version, About string
		Sections              []section
		Schemas               []namedSchema
	}
	section struct {
		Name       string
		Operations []*huma.Operation
	}
	namedSchema struct {
		Name   string
		Schema *huma.Schema
	}
	schemaField struct {
		Name, Type, About string
		Required          bool
	}
)

// contents is the description in the order of the page.
func (a *API) contents() contents {
	d := a.OpenAPI()
	by := map[string][]*huma.Operation{}
	for _, path := range d.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op != nil {
				by[op.Tags[0]] = append(by[op.Tags[0]], op)
			}
		}
	}
	c := contents{Title: d.Info.Title, Version: d.Info.Version, About: d.Info.Description}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		slices.SortFunc(by[name], func(x, y *huma.Operation) int {
			return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
		})
		c.Sections = append(c.Sections, section{name, by[name]})
	}
	schemas := d.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		c.Schemas = append(c.Schemas, namedSchema{name, schemas[name]})
	}
	return c
}

// typeOf is a schema in a few words.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case s.Type == huma.TypeArray:
		return "list of " + typeOf(s.Items)
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		return strings.Join(words, " | ")
	case s.Minimum != nil && s.Maximum != nil:
		return fmt.Sprintf("%s %g to %g", s.Type, *s.Minimum, *s.Maximum)
	}
	if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
		return "map of " + typeOf(inner)
	}
	return s.Type
}

func fieldsOf(s *huma.Schema) (list []schemaField) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		list = append(list, schemaField{name, typeOf(p), p.Description, slices.Contains(s.Required, name)})
	}
	return list
}
