package admin

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/parley-engine/parley/actors/acd"
)

// A skill is nothing but its name: it is there while an agent has it or
// something asks for it.
type skill struct {
	ID       string         `json:"id" doc:"Its name."`
	Agents   map[string]int `json:"agents" doc:"Who has it, and at which level, 1 to 10."`
	NeededBy []string       `json:"needed_by,omitempty" readOnly:"true" doc:"What asks for it, as paths of the configuration."`
}

// skillsOf gathers the skills of a document.
func skillsOf(t tree) map[string]*skill {
	all := map[string]*skill{}
	at := func(name string) *skill {
		if all[name] == nil {
			all[name] = &skill{ID: name, Agents: map[string]int{}}
		}
		return all[name]
	}
	each(t["agents"], func(agent tree, id string) {
		has, _ := agent["skills"].(tree)
		for name, level := range has {
			at(name).Agents[id], _ = level.(int)
		}
	})
	for _, section := range []string{"queues", "sources"} {
		each(t[section], func(one tree, id string) {
			needs, _ := one["skills"].([]any)
			for _, need := range needs {
				text, _ := need.(string)
				if name, _, ok := acd.ParseSkill(text); ok {
					s := at(name)
					s.NeededBy = append(s.NeededBy, section+"["+id+"]")
				}
			}
		})
	}
	return all
}

func each(list any, do func(one tree, id string)) {
	all, _ := list.([]any)
	for _, v := range all {
		if one, ok := v.(tree); ok {
			id, _ := one["id"].(string)
			do(one, id)
		}
	}
}

func skillReply(t tree, id string) (*reply, error) {
	s := skillsOf(t)[id]
	if s == nil {
		return nil, acd.ErrNotFound
	}
	etag, err := tag(s)
	return &reply{etag: etag, body: s}, err
}

// setSkill gives a skill to these agents, and takes it from all others.
func setSkill(t tree, id string, levels map[string]int) error {
	missing := maps.Clone(levels)
	each(t["agents"], func(agent tree, who string) {
		has, _ := agent["skills"].(tree)
		level, wanted := levels[who]
		delete(missing, who)
		switch {
		case wanted && has == nil:
			agent["skills"] = tree{id: level}
		case wanted:
			has[id] = level
		case has[id] != nil:
			if delete(has, id); len(has) == 0 {
				delete(agent, "skills")
			}
		}
	})
	if len(missing) == 0 {
		return nil
	}
	p := problem(http.StatusUnprocessableEntity, "some of the agents are not there")
	for _, who := range slices.Sorted(maps.Keys(missing)) {
		p.Errors = append(p.Errors, &huma.ErrorDetail{Location: "body.agents." + who, Message: "unknown agent, expected one of the configuration"})
	}
	return p
}

func (a *API) skillRoutes() {
	item := of[skill](a)
	named := func(verb string) operation {
		return operation{id: verb + "-skill", tag: "skills", path: "/skills/{skill}", result: item, summary: title(verb) + " who has a skill"}
	}
	list := named("list")
	list.id, list.path, list.summary, list.params = "list-skills", "/skills", "List the skills", paging()
	list.result, list.errors = a.page("SkillPage", item), []int{http.StatusUnprocessableEntity}
	a.read(list, func(_ context.Context, k *call) (*reply, error) {
		limit, after, err := k.page()
		if err != nil {
			return nil, err
		}
		doc, version, err := a.present()
		if err != nil {
			return nil, err
		}
		all := skillsOf(doc.Tree())
		var sorted []*skill
		for _, id := range slices.Sorted(maps.Keys(all)) {
			sorted = append(sorted, all[id])
		}
		page, err := pageFrom(sorted, func(s *skill) string { return s.ID }, limit, after)
		return &reply{version: version, body: page}, err
	})
	a.read(named("get"), func(_ context.Context, k *call) (*reply, error) {
		doc, version, err := a.present()
		if err != nil {
			return nil, err
		}
		r, err := skillReply(doc.Tree(), k.path("skill"))
		if err == nil {
			r.version = version
		}
		return r, err
	})
	for _, verb := range []string{"put", "patch"} {
		o := named(verb)
		o.body, o.patch, o.params, o.errors = item, verb == "patch", conditions(verb == "put"), conditional
		if o.patch {
			o.body = a.loose("SkillPatch")
		}
		a.write(o, a.writeSkill(verb))
	}
	remove := named("delete")
	remove.params, remove.errors, remove.result = conditions(false), conditional, of[versionBody](a)
	remove.summary = "Take a skill from everybody who has it"
	a.write(remove, func(_ context.Context, k *call) (*reply, error) {
		return a.changeSkill(k, "delete", func(t tree, id string, is *skill) error {
			if is == nil {
				return acd.ErrNotFound
			}
			return setSkill(t, id, nil)
		}, func(is taken) (*reply, error) { return &reply{body: versionBody{is.version}}, nil })
	})
}

func (a *API) writeSkill(verb string) func(context.Context, *call) (*reply, error) {
	return func(_ context.Context, k *call) (*reply, error) {
		sent := struct {
			ID       string          `json:"id"`
			Agents   map[string]*int `json:"agents"`
			NeededBy []string        `json:"needed_by"`
		}{}
		if err := k.decode(&sent); err != nil {
			return nil, err
		}
		if id := k.path("skill"); sent.ID != "" && sent.ID != id {
			return nil, fieldProblem("body.id", "is not that of the path, expected "+id+" or nothing")
		}
		return a.changeSkill(k, verb, func(t tree, id string, is *skill) error {
			if is == nil && verb == "patch" {
				return acd.ErrNotFound
			}
			levels := map[string]int{}
			if verb == "patch" {
				maps.Copy(levels, is.Agents)
			}
			for who, level := range sent.Agents {
				if level == nil {
					delete(levels, who)
				} else {
					levels[who] = *level
				}
			}
			if len(levels) == 0 {
				return fieldProblem("body.agents", "names nobody, expected at least one agent; delete takes a skill from all")
			}
			return setSkill(t, id, levels)
		}, func(is taken) (*reply, error) { return skillReply(is.tree, k.path("skill")) })
	}
}

func (a *API) changeSkill(k *call, verb string, do func(t tree, id string, is *skill) error, answer func(taken) (*reply, error)) (*reply, error) {
	id := k.path("skill")
	return a.apply(k, change{
		reason: verb + " skill " + id, answer: answer, part: func(tree) string { return "." },
		make: func(t tree) error {
			is, etag := skillsOf(t)[id], ""
			if is != nil {
				r, err := skillReply(t, id)
				if err != nil {
					return err
				}
				etag = r.etag
			} else if verb != "put" {
				return acd.ErrNotFound
			}
			if err := k.precondition(etag); err != nil {
				return err
			}
			return do(t, id, is)
		},
	})
}
