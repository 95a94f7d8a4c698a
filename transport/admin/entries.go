package admin

import (
	"context"
	"errors"

	"github.com/parley-engine/parley/actors/acd"
)

// owner is whose collection the path names, empty when it is nobody's.
func (c *collection) owner(k *call) string {
	if c.of == nil {
		return ""
	}
	return k.path(c.of.one)
}

func (a *API) listEntries(c *collection, k *call) (*reply, error) {
	limit, after, err := k.page()
	if err != nil {
		return nil, err
	}
	doc, version, err := a.present()
	if err != nil {
		return nil, err
	}
	all, err := c.list(doc.Tree(), c.owner(k))
	if err != nil {
		return nil, err
	}
	shown := make([]tree, len(all))
	for i, e := range all {
		shown[i] = c.shown(e)
	}
	page, err := pageFrom(shown, func(t tree) string { name, _ := t[c.field()].(string); return name }, limit, after)
	return &reply{version: version, body: page}, err
}

func (a *API) getEntry(c *collection, k *call) (*reply, error) {
	doc, version, err := a.present()
	if err != nil {
		return nil, err
	}
	r, err := c.reply(doc.Tree(), c.owner(k), k.path(c.one))
	if err == nil {
		r.version = version
	}
	return r, err
}

// reply shows one entry.
func (c *collection) reply(t tree, owner, id string) (*reply, error) {
	value, _, err := c.find(t, owner, id)
	if err != nil {
		return nil, err
	}
	shown := c.shown(entry{id, value})
	etag, err := tag(shown)
	return &reply{etag: etag, body: shown}, err
}

// held holds the conditions of a request against the entry that it is about.
func (c *collection) held(t tree, k *call) error {
	etag := ""
	r, err := c.reply(t, c.owner(k), k.path(c.one))
	if err == nil {
		etag = r.etag
	} else if !errors.Is(err, acd.ErrNotFound) {
		return err
	}
	return k.precondition(etag)
}

// changed makes a change of one entry out of what does it.
func (a *API) changed(c *collection, k *call, reason string, do func(t tree, owner, id string) error) (*reply, error) {
	owner, id := c.owner(k), k.path(c.one)
	return a.apply(k, change{
		reason: reason + " " + c.one + " " + id,
		make:   func(t tree) error { return do(t, owner, id) },
		part: func(t tree) string {
			_, path, err := c.find(t, owner, id)
			if err != nil {
				return "."
			}
			return path
		},
		answer: func(is taken) (*reply, error) { return c.reply(is.tree, owner, id) },
	})
}

func (a *API) putEntry(c *collection, k *call) (*reply, error) {
	sent, err := parse(k.body)
	if err != nil {
		return nil, err
	}
	return a.changed(c, k, "put", func(t tree, owner, id string) error {
		if _, _, err := c.holder(t, owner, false); err != nil {
			return err
		}
		if err := c.held(t, k); err != nil {
			return err
		}
		value, err := c.unshown(id, sent)
		if err != nil {
			return err
		}
		return c.put(t, owner, id, value)
	})
}

func (a *API) patchEntry(c *collection, k *call) (*reply, error) {
	sent, err := parse(k.body)
	if err != nil {
		return nil, err
	}
	return a.changed(c, k, "patch", func(t tree, owner, id string) error {
		value, _, err := c.find(t, owner, id)
		if err != nil {
			return err
		}
		if err := c.held(t, k); err != nil {
			return err
		}
		if value, err = c.unshown(id, merge(value, sent)); err != nil {
			return err
		}
		return c.put(t, owner, id, value)
	})
}

func (a *API) deleteEntry(c *collection, k *call) (*reply, error) {
	owner, id := c.owner(k), k.path(c.one)
	return a.apply(k, change{
		reason: "delete " + c.one + " " + id,
		make: func(t tree) error {
			if _, _, err := c.find(t, owner, id); err != nil {
				return err
			}
			if err := c.held(t, k); err != nil {
				return err
			}
			return c.remove(t, owner, id)
		},
		part:   func(tree) string { return "." },
		answer: func(is taken) (*reply, error) { return &reply{body: versionBody{is.version}}, nil },
	})
}

// deskRoutes registers what holds for all agents.
func (a *API) deskRoutes() {
	item := a.schema(a.shapes.In("desk"))
	desk := func(t tree) (tree, *reply, error) {
		value, _ := t["desk"].(tree)
		if value == nil {
			value = tree{}
		}
		etag, err := tag(value)
		return value, &reply{etag: etag, body: value}, err
	}
	named := func(verb string) operation {
		return operation{id: verb + "-desk", tag: "desk", path: "/desk", result: item, summary: title(verb) + " what holds for all agents"}
	}
	a.read(named("get"), func(context.Context, *call) (*reply, error) {
		doc, version, err := a.present()
		if err != nil {
			return nil, err
		}
		_, r, err := desk(doc.Tree())
		r.version = version
		return r, err
	})
	write := func(verb string, next func(is, sent tree) tree) {
		o := named(verb)
		o.body, o.params, o.errors, o.patch = item, conditions(false), conditional, verb == "patch"
		if o.patch {
			o.body = a.loose("DeskPatch")
		}
		a.write(o, func(_ context.Context, k *call) (*reply, error) {
			sent, err := parse(k.body)
			if err != nil {
				return nil, err
			}
			return a.apply(k, change{
				reason: verb + " desk",
				part:   func(tree) string { return "desk" },
				make: func(t tree) error {
					is, r, err := desk(t)
					if err != nil {
						return err
					}
					if err := k.precondition(r.etag); err != nil {
						return err
					}
					t["desk"] = next(is, sent)
					return nil
				},
				answer: func(is taken) (*reply, error) { _, r, err := desk(is.tree); return r, err },
			})
		})
	}
	write("put", func(_, sent tree) tree { return sent })
	write("patch", merge)
}
