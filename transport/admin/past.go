package admin

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/transport"
)

// pastRoutes describes the questions about what has been, and the erasures.
// The server that this API is a part of answers them, beside it: they came
// first, and supervisors may ask them too.
func (a *API) pastRoutes() {
	text := &huma.Schema{Type: huma.TypeString}
	moment := &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	list := func(name string, item *huma.Schema) *huma.Schema {
		return &huma.Schema{Type: huma.TypeObject, Required: []string{name}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{name: {Type: huma.TypeArray, Items: item}}}
	}
	with := func(list *huma.Schema, name string, more *huma.Schema) *huma.Schema {
		list.Properties[name] = more
		return list
	}
	next := &huma.Schema{Type: huma.TypeString, Description: "The cursor of the next page; absent on the last one."}
	state := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "The chat after the last of them, as the engine has it."}
	least, most := 1.0, 500.0
	bad := []int{http.StatusBadRequest, http.StatusInternalServerError}
	for _, o := range []operation{
		{id: "search-chats", path: "/chats", summary: "Search ended chats, the newest first", result: with(list("chats", of[transport.Segment](a)), "next", next),
			params: []*huma.Param{query("from", "Ended no sooner.", moment), query("to", "Ended before.", moment), query("queue", "", text),
				query("agent", "", text), query("customer", "", text), query("source", "", text), query("cursor", "", text),
				query("limit", "", &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most})}},
		{id: "explain-chat", path: "/chats/{chat}/explain", summary: "Say why each offer of a chat went to whom it went", result: list("decisions", of[transport.Explained](a))},
		{id: "replay-chat", path: "/chats/{chat}/replay", summary: "Show a chat as it was after each of its records", result: with(list("records", of[transport.MomentView](a)), "state", state),
			params: []*huma.Param{query("at", "The last record.", &huma.Schema{Type: huma.TypeInteger, Minimum: &least})}},
		{id: "export-transcript", path: "/chats/{chat}/transcript", summary: "Export a chat's transcript", result: list("messages", of[transport.Line](a))},
		{id: "list-audit", path: "/audit", summary: "List what overseers did and were refused, the newest first", result: with(list("entries", of[transport.AuditEntry](a)), "next", next),
			params: []*huma.Param{query("from", "", moment), query("to", "", moment), query("who", "", text), query("what", "", text),
				query("on", "", text), query("outcome", "", text), query("cursor", "", text),
				query("limit", "", &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most})}},
		{id: "erase-customer", path: "/customers/{customer}/text", method: http.MethodDelete,
			result:  with(list("erased", text), "still_open", &huma.Schema{Type: huma.TypeArray, Items: text, Description: "Chats of his that have to end first."}),
			summary: "Destroy what was said in all ended chats of a customer, and of him"},
		{id: "erase-chat", path: "/chats/{chat}/text", method: http.MethodDelete, result: list("erased", text),
			summary: "Destroy what was said in an ended chat, and of whom"},
	} {
		if o.method == "" {
			o.method = http.MethodGet
		}
		if o.tag, o.errors = "chats", bad; o.id == "list-audit" {
			o.tag = "audit"
		}
		op := a.op(o)
		op.Parameters = withoutKeys(op.Parameters)
		for _, code := range op.Errors {
			op.Responses[status(code)] = &huma.Response{Description: http.StatusText(code), Content: map[string]*huma.MediaType{
				"application/problem+json": {Schema: of[huma.ErrorModel](a)}}}
		}
		a.huma.OpenAPI().AddOperation(&op)
	}
}

// withoutKeys: an erasure is the same however often it is asked for.
func withoutKeys(all []*huma.Param) (list []*huma.Param) {
	for _, p := range all {
		if p.Name != "Idempotency-Key" {
			list = append(list, p)
		}
	}
	return list
}
