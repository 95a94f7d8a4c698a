package admin

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// collections are the parts of the configuration that have names.
func (a *API) collections() []*collection {
	queues := &collection{name: "queues", one: "queue", section: []string{"queues"}, key: "id"}
	all := []*collection{
		queues,
		{name: "agents", one: "agent", section: []string{"agents"}, key: "id"},
		{name: "channels", one: "channel", section: []string{"channels"}, key: "id"},
		{name: "sources", one: "source", section: []string{"sources"}, key: "id"},
		{name: "presence-reasons", one: "reason", section: []string{"presence_reasons"}, key: "code"},
		{name: "templates", one: "template", section: []string{"templates"}},
		{name: "schedules", one: "schedule", section: []string{"schedules"}},
		{name: "wrapup-codes", one: "code", section: []string{"wrapup", "codes"}, key: "code", of: queues},
		{name: "routing-steps", one: "step", section: []string{"steps"}, numbered: true, of: queues},
	}
	for _, c := range all {
		at := a.shapes
		if c.of != nil {
			at = c.of.shape
		}
		for _, name := range c.section {
			at = at.In(name)
		}
		c.shape = at.Of
	}
	return all
}

// resourceRoutes registers every collection, and what is no collection.
func (a *API) resourceRoutes() {
	for _, c := range a.collections() {
		a.collectionRoutes(c)
	}
	a.deskRoutes()
	a.skillRoutes()
}

// described is the schema of an entry: with its name in it.
func (a *API) described(c *collection) *huma.Schema {
	inner := a.schema(c.shape)
	if c.key != "" {
		return inner
	}
	return a.component("Named"+c.shape.Name, func() *huma.Schema {
		made := a.fields(c.shape)
		made.Properties["id"] = &huma.Schema{Type: huma.TypeString, Description: "Its name, as in the path."}
		return made
	})
}

func (a *API) collectionRoutes(c *collection) {
	list, item := "/"+c.name, a.described(c)
	if c.of != nil {
		list = "/" + c.of.name + "/{" + c.of.one + "}" + list
	}
	one := list + "/{" + c.one + "}"
	named := func(verb, what string) operation {
		return operation{id: verb + "-" + what, tag: c.name, path: one, result: item, summary: title(verb) + " a " + c.one}
	}
	lists := named("list", c.name)
	lists.path, lists.summary, lists.params = list, "List the "+c.name, paging()
	lists.result, lists.errors = a.page(c.shape.Name+"Page", item), []int{http.StatusUnprocessableEntity}
	a.read(lists, func(_ context.Context, k *call) (*reply, error) { return a.listEntries(c, k) })

	a.read(named("get", c.one), func(_ context.Context, k *call) (*reply, error) { return a.getEntry(c, k) })

	put := named("put", c.one)
	put.body, put.params, put.errors = item, conditions(true), conditional
	put.about = "What is there is replaced, with its ETag in If-Match; what is not there is made."
	a.write(put, func(_ context.Context, k *call) (*reply, error) { return a.putEntry(c, k) })

	patch := named("patch", c.one)
	patch.body, patch.patch, patch.params, patch.errors = a.loose(c.shape.Name+"Patch"), true, conditions(false), conditional
	patch.about = "A merge patch of RFC 7396: what is null goes back to its default."
	a.write(patch, func(_ context.Context, k *call) (*reply, error) { return a.patchEntry(c, k) })

	remove := named("delete", c.one)
	remove.params, remove.errors, remove.result = conditions(false), conditional, of[versionBody](a)
	a.write(remove, func(_ context.Context, k *call) (*reply, error) { return a.deleteEntry(c, k) })
}

// versionBody is the answer to what leaves nothing to show.
type versionBody struct {
	Version uint64 `json:"version" doc:"The version of the configuration."`
}

var conditional = []int{http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity}

func conditions(making bool) []*huma.Param {
	list := []*huma.Param{header("If-Match", "The ETag of what is changed; * for any.")}
	if making {
		list = append(list, header("If-None-Match", "* makes it only if it is not there."))
	}
	return list
}

// loose is an object whose fields the configuration's own checks hold to
// account.
func (a *API) loose(name string) *huma.Schema {
	return a.component(name, func() *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "Some of the fields; null takes one away."}
	})
}

func title(verb string) string { return string(verb[0]-'a'+'A') + verb[1:] }

const (
	pageMost    = 500
	pageDefault = 100
)

func paging() []*huma.Param {
	least, most := 1.0, float64(pageMost)
	return []*huma.Param{
		query("limit", "How many at most.", &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most, Default: pageDefault}),
		query("cursor", "The next of the page before.", &huma.Schema{Type: huma.TypeString}),
	}
}

// page reads limit and cursor; after is the name that the cursor stands for.
func (c *call) page() (limit int, after string, err error) {
	limit = pageDefault
	if text := c.query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > pageMost {
			return 0, "", fieldProblem("query.limit", fmt.Sprintf("%q is no number from 1 to %d", text, pageMost))
		}
	}
	text := c.query.Get("cursor")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text != "" && (len(raw) < 2 || raw[0] != '>') {
		return 0, "", fieldProblem("query.cursor", "is not one that an answer has given")
	}
	if len(raw) > 0 {
		after = string(raw[1:])
	}
	return limit, after, nil
}

func cursorAfter(name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(">" + name))
}

// pageOf is a page as it is answered.
type pageOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// pageFrom takes the page after a name out of a whole list.
func pageFrom[T any](all []T, name func(T) string, limit int, after string) (pageOf[T], error) {
	if after != "" {
		at := slices.IndexFunc(all, func(v T) bool { return name(v) == after })
		if at < 0 {
			return pageOf[T]{}, fieldProblem("query.cursor", "names what has gone meanwhile, expected a listing from its start")
		}
		all = all[at+1:]
	}
	page := pageOf[T]{Items: append([]T{}, all[:min(limit, len(all))]...)}
	if len(all) > limit {
		page.Next = cursorAfter(name(page.Items[limit-1]))
	}
	return page, nil
}
