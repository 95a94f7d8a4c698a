package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// root is where all of it stands.
const root = "/v1/admin"

func init() {
	// No list of ours is null: it is there, or it is left out. A generated client
	// would have to look.
	huma.DefaultArrayNullable = false
}

// describe starts the description.
func (a *API) describe() {
	c := huma.DefaultConfig("Parley administration", a.options.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil // readable serves them
	c.Info.Description = "Queues, agents and all else of the configuration, changed while chats go on; tokens, sessions and chats. " +
		"Send a bearer token of an administrator; a supervisor's is enough to read, and a service's for what its rights name."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
	}
	c.Security = []map[string][]string{{"bearer": {}}}
	a.huma = humago.New(a.mux, c)
	a.huma.UseMiddleware(a.admit)
}

// call is one request on its way through a handler.
type call struct {
	who   acd.Principal
	may   func(transport.Right) bool // of a service
	path  func(string) string
	query url.Values
	head  func(string) string
	body  json.RawMessage
	keep  *keeping // of an unsafe request with an Idempotency-Key
}

// take keeps what the handlers need of a request.
func (c *call) take(ctx huma.Context) []error {
	at := ctx.URL()
	id, _ := ctx.Context().Value(identityKey{}).(transport.Identity)
	c.who, c.may = id.Principal, id.May
	c.path, c.head, c.query = ctx.Param, ctx.Header, at.Query()
	return nil
}

// reading and writing are what huma fills for a request without and with a
// body.
type (
	reading struct{ c call }
	writing struct {
		c    call
		Body json.RawMessage
	}
)

// Resolve implements huma.Resolver.
func (r *reading) Resolve(ctx huma.Context) []error { return r.c.take(ctx) }

// Resolve implements huma.Resolver.
func (w *writing) Resolve(ctx huma.Context) []error {
	w.c.body = w.Body
	return w.c.take(ctx)
}

// reply is what a handler answers.
type reply struct {
	status  int // 200 if it is not set
	etag    string
	place   string // Location
	version uint64 // of the configuration
	body    any
	// text, if it is there, is answered as it is, as what kind says.
	text []byte
	kind string
}

type output struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag" doc:"What If-Match has to name for a change."`
	Location    string `header:"Location" doc:"Where that stands which was made."`
	Version     string `header:"Parley-Config-Version" doc:"The version of the configuration."`
	Replayed    string `header:"Idempotency-Replayed" doc:"true when this is the answer to the same request before."`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

// render writes an answer out.
func (r *reply) render() (*output, error) {
	out := &output{Status: r.status, ContentType: "application/json; charset=utf-8", ETag: r.etag, Location: r.place, Cache: "no-store"}
	if out.Status == 0 {
		out.Status = http.StatusOK
	}
	if r.version > 0 {
		out.Version = strconv.FormatUint(r.version, 10)
	}
	if r.kind != "" {
		out.ContentType, out.Body = r.kind, r.text
		return out, nil
	}
	body, err := json.Marshal(r.body)
	out.Body = body
	return out, err
}

// operation describes one thing that can be asked.
type operation struct {
	id, method, path, summary, tag string
	about                          string
	params                         []*huma.Param
	body                           *huma.Schema // of the request
	patch                          bool         // the body is a merge patch
	result                         *huma.Schema
	also                           []string // kinds of text that the result comes as, too
	made                           bool     // 201 instead of 200
	errors                         []int
}

func (a *API) op(o operation) huma.Operation {
	status := http.StatusOK
	if o.made {
		status = http.StatusCreated
	}
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: root + o.path, Summary: o.summary, Description: o.about, Tags: []string{o.tag},
		Parameters: o.params, DefaultStatus: status, SkipValidateBody: true, MaxBodyBytes: maxBody,
		Responses: map[string]*huma.Response{strconv.Itoa(status): {
			Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/json": {Schema: o.result}},
		}},
		Errors: append([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests}, o.errors...),
	}
	for _, kind := range o.also {
		op.Responses[strconv.Itoa(status)].Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	for _, segment := range strings.Split(o.path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
			op.Errors = append(op.Errors, http.StatusNotFound)
		}
	}
	if o.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: o.body}}}
		op.Errors = append(op.Errors, http.StatusUnprocessableEntity)
		if o.patch {
			op.RequestBody.Content["application/merge-patch+json"] = &huma.MediaType{Schema: o.body}
		}
	}
	if o.method != http.MethodGet {
		op.Parameters = append(op.Parameters, header("Idempotency-Key", "A name of this request: asked again with it, the same is answered and nothing is done twice."))
		op.Errors = append(op.Errors, http.StatusConflict, http.StatusUnprocessableEntity)
	}
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
	return op
}

// maxBody bounds a request; a whole configuration fits.
const maxBody = 4 << 20

func header(name, about string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: about, Schema: &huma.Schema{Type: "string"}}
}

func query(name, about string, schema *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: about, Schema: schema}
}

// read registers a question.
func (a *API) read(o operation, do func(context.Context, *call) (*reply, error)) {
	o.method = http.MethodGet
	huma.Register(a.huma, a.op(o), func(ctx context.Context, in *reading) (*output, error) {
		r, err := do(ctx, &in.c)
		if err != nil {
			return nil, a.refusal(err)
		}
		return r.render()
	})
}

// write registers an act, with a body or without.
func (a *API) write(o operation, do func(context.Context, *call) (*reply, error)) {
	if o.method == "" { // put-queue
		verb, _, _ := strings.Cut(o.id, "-")
		o.method = strings.ToUpper(verb)
	}
	if o.body == nil {
		huma.Register(a.huma, a.op(o), func(ctx context.Context, in *reading) (*output, error) {
			return a.once(ctx, o, &in.c, do)
		})
		return
	}
	huma.Register(a.huma, a.op(o), func(ctx context.Context, in *writing) (*output, error) {
		return a.once(ctx, o, &in.c, do)
	})
}

type identityKey struct{}

// admit lets in those who may, and tells of every act of theirs.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	id, problem := a.bearer(ctx)
	if problem == nil {
		problem = a.often(ctx, id.Principal)
	}
	w := &answer{request: ctx, api: a, who: id.Principal}
	if problem != nil {
		if problem.Status == http.StatusUnauthorized {
			ctx.SetHeader("WWW-Authenticate", "Bearer")
		}
		writeProblem(w, problem)
	} else {
		next(huma.WithValue(w, identityKey{}, id))
	}
	w.note(w.Status())
}

// often refuses who asks too often.
func (a *API) often(ctx huma.Context, who acd.Principal) *huma.ErrorModel {
	wait, ok := a.options.Edge.Admit(who)
	if ok {
		return nil
	}
	ctx.SetHeader("Retry-After", strconv.Itoa(wait))
	return problem(http.StatusTooManyRequests, "too many requests of this principal")
}

// ofPeople are the parts about people, not about the configuration: each look at
// them is noted. They are not for supervisors, whose scope may cover some of them
// alone, but for events, which are told from others' by their queue.
var ofPeople = map[string]bool{"sessions": true, "chats": true, "backup": true, eventsTag: true, "webhooks": true}

func (a *API) bearer(ctx huma.Context) (id transport.Identity, refused *huma.ErrorModel) {
	token, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
	if !ok {
		return id, problem(http.StatusUnauthorized, "expected Authorization: Bearer and a token")
	}
	id, err := a.options.Edge.Verify(ctx.Context(), token)
	if err != nil {
		return transport.Identity{}, a.untrusted(err)
	}
	part := ctx.Operation().Tags[0]
	switch {
	case id.Principal.Role == acd.RoleAdmin:
	case part == eventsTag:
		if !id.Principal.Oversees() && !id.May(transport.RightEvents) {
			return id, problem(http.StatusForbidden, "expected the token of a supervisor, an administrator or a service with the right events")
		}
	case ctx.Method() != http.MethodGet, !id.Principal.Oversees(), ofPeople[part]:
		return id, problem(http.StatusForbidden, "expected the token of an administrator")
	}
	return id, nil
}

func writeProblem(ctx huma.Context, p *huma.ErrorModel) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the asker may have gone
}

// decode reads a body into a value, strictly.
func (c *call) decode(into any) error {
	dec := json.NewDecoder(strings.NewReader(string(c.body)))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong):
		return fieldProblem("body."+wrong.Field, "expected "+wrong.Type.String()+", not "+wrong.Value)
	}
	return fieldProblem("body", strings.TrimPrefix(err.Error(), "json: "))
}
