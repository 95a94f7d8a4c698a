package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport/config"
)

// changed is what became, or would become, of a whole document.
type changedBody struct {
	Version uint64          `json:"version" doc:"The version that is worked with now."`
	DryRun  bool            `json:"dry_run,omitempty" doc:"Nothing was changed."`
	Changes []config.Change `json:"changes" doc:"What is different."`
}

// VersionInfo is one version as it is listed.
type VersionInfo struct {
	Version uint64     `json:"version"`
	At      *time.Time `json:"at,omitempty" doc:"Absent for what an older program has taken."`
	By      string     `json:"by,omitempty" doc:"The role and id of who changed it, like admin/root."`
	Reason  string     `json:"reason,omitempty" doc:"What was done."`
	Written bool       `json:"written" doc:"What was written is kept too, so that it can be gone back to."`
}

// versionDetail is one version whole.
type versionDetail struct {
	VersionInfo
	Document json.RawMessage `json:"document,omitempty"`
	Compiled json.RawMessage `json:"compiled,omitempty" doc:"What the rules were given."`
}

func infoOf(v actors.ConfigVersion) VersionInfo {
	info := VersionInfo{Version: v.Version, By: named(v.By), Reason: v.Reason, Written: v.Document != nil}
	if !v.At.IsZero() {
		info.At = &v.At
	}
	return info
}

func versionTag(version uint64) string { return fmt.Sprintf(`"v%d"`, version) }

func (a *API) configRoutes() {
	whole := a.schema(a.shapes)
	dry := query("dry_run", "true says what would change, and changes nothing.", &huma.Schema{Type: huma.TypeBoolean})
	a.read(operation{id: "get-config", tag: "config", path: "/config", summary: "Get the whole configuration", result: whole},
		func(context.Context, *call) (*reply, error) {
			doc, version, err := a.present()
			if err != nil {
				return nil, err
			}
			return &reply{etag: versionTag(version), version: version, body: json.RawMessage(doc.JSON())}, nil
		})
	a.write(operation{id: "put-config", method: http.MethodPut, tag: "config", path: "/config", summary: "Put another configuration in its place",
		body: whole, result: of[changedBody](a), params: append(conditions(false), dry), errors: conditional}, a.putConfig)
	a.read(operation{id: "list-config-versions", tag: "config", path: "/config/versions", summary: "List the versions, the newest first",
		params: paging(), result: a.page("VersionPage", of[VersionInfo](a)), errors: []int{http.StatusUnprocessableEntity}}, a.listVersions)
	a.read(operation{id: "get-config-version", tag: "config", path: "/config/versions/{version}", summary: "Get one version",
		result: a.versionSchema()}, a.getVersion)
	a.write(operation{id: "rollback-config", method: http.MethodPost, tag: "config", path: "/config/versions/{version}/rollback",
		summary: "Go back to what was written as a version", about: "It becomes a new version with the same content.",
		result: of[changedBody](a), params: append(conditions(false), dry), errors: conditional}, a.rollback)
}

// versionSchema: the document of an old version may be of an older shape.
func (a *API) versionSchema() *huma.Schema {
	return a.component("ConfigVersion", func() *huma.Schema {
		made := &huma.Schema{Type: huma.TypeObject, Required: []string{"version", "written"}, Properties: map[string]*huma.Schema{}}
		for name, p := range a.huma.OpenAPI().Components.Schemas.SchemaFromRef(of[VersionInfo](a).Ref).Properties {
			made.Properties[name] = p
		}
		made.Properties["document"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "As it was written."}
		made.Properties["compiled"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "What the rules were given."}
		return made
	})
}

// replaced answers a change of the whole.
func replaced(is taken) (*reply, error) {
	return &reply{etag: versionTag(is.version), version: is.version,
		body: changedBody{Version: is.version, DryRun: is.dry, Changes: append([]config.Change{}, is.changes...)}}, nil
}

func (a *API) putConfig(_ context.Context, c *call) (*reply, error) {
	sent, err := parse(c.body)
	if err != nil {
		return nil, err
	}
	return a.replace(c, "put config", sent)
}

func (a *API) rollback(_ context.Context, c *call) (*reply, error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	doc, err := a.written(version)
	if err != nil {
		return nil, err
	}
	return a.replace(c, fmt.Sprintf("roll back to version %d", version), doc.Tree())
}

func (a *API) replace(c *call, reason string, with tree) (*reply, error) {
	if tag := versionTag(a.options.Engine.Config().Version); c.query.Get("dry_run") != "true" || c.head("If-Match") != "" {
		if err := c.precondition(tag); err != nil {
			return nil, err
		}
	}
	return a.apply(c, change{reason: reason, answer: replaced, make: func(t tree) error {
		clear(t)
		for name, value := range with {
			t[name] = value
		}
		return nil
	}})
}

func (c *call) version() (uint64, error) {
	version, err := strconv.ParseUint(c.path("version"), 10, 64)
	if err != nil || version == 0 {
		return 0, problem(http.StatusNotFound, "versions are numbers from 1")
	}
	return version, nil
}

func (a *API) listVersions(_ context.Context, c *call) (*reply, error) {
	limit, after, err := c.page()
	if err != nil {
		return nil, err
	}
	var before uint64
	if after != "" {
		if before, err = strconv.ParseUint(after, 10, 64); err != nil {
			return nil, fieldProblem("query.cursor", "is not one that an answer has given")
		}
	}
	page := pageOf[VersionInfo]{Items: []VersionInfo{}}
	if before == 1 {
		return &reply{body: page}, nil
	}
	found, err := a.options.Engine.Past().ConfigVersions(before, limit)
	if err != nil {
		return nil, err
	}
	for _, v := range found {
		page.Items = append(page.Items, infoOf(v))
		page.Next = ""
		if len(page.Items) == limit && v.Version > 1 {
			page.Next = cursorAfter(strconv.FormatUint(v.Version, 10))
		}
	}
	return &reply{version: a.options.Engine.Config().Version, body: page}, nil
}

func (a *API) getVersion(_ context.Context, c *call) (*reply, error) {
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	v, err := a.options.Engine.Past().ConfigVersion(version)
	if err != nil {
		return nil, err
	}
	return &reply{etag: versionTag(version), version: a.options.Engine.Config().Version,
		body: versionDetail{infoOf(v), bytes.TrimSpace(v.Document), v.Compiled}}, nil
}
