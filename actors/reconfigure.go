package actors

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/parley-engine/parley/actors/acd"
)

// Reconfigure is Configure for a configuration that nothing is kept beside.
func (e *Engine) Reconfigure(cfg *acd.Config) error {
	_, err := e.Configure(ConfigChange{Config: cfg})
	return err
}

// Configure puts c.Config, which is the engine's from then on, in the place of
// the present configuration, and gives its version. It returns when that is on
// disk and is what decisions are made under; queues and agents look at
// everything again after that. A turn that has begun ends under the version
// that it began with, and its record names that one.
//
// A chat whose source is gone is interrupted; who waits or works in a queue
// that is gone is sent where the rules send him. A configuration that names what
// it does not have is refused, and nothing changes.
func (e *Engine) Configure(c ConfigChange) (version uint64, err error) {
	if err := checkConfig(c.Config); err != nil {
		return 0, fmt.Errorf("reconfigure: %w", err)
	}
	c.Config.Normalize()
	e.configuring.enter(e)
	defer e.configuring.leave()
	if !e.ready.Load() {
		return 0, errors.New("reconfigure: the engine does not run")
	}
	before := e.config.Load()
	if c.Expect != 0 && c.Expect != before.Version {
		return 0, fmt.Errorf("reconfigure: %w", ErrConfigMoved)
	}
	next, err := e.writeConfig(c)
	if err != nil {
		return 0, fmt.Errorf("reconfigure: %w", err)
	}
	if next.Version == before.Version {
		return next.Version, nil
	}
	e.config.Store(next)
	e.removing.Store(true)
	if err := errors.Join(e.tellQueues(before, next), e.tellAgents(), e.removeSources()); err != nil {
		return 0, fmt.Errorf("reconfigure: %w", err)
	}
	e.log.Info("reconfigured", "config", next.Version)
	return next.Version, nil
}

// checkConfig names everything in a configuration that leads nowhere.
func checkConfig(c *acd.Config) error {
	if c == nil {
		return errors.New("Config is missing")
	}
	var errs []error
	queue := func(of string, id acd.QueueID) {
		if c.Queues[id] == nil {
			errs = append(errs, fmt.Errorf("%s names the queue %q, which is not there", of, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Queues)) {
		if q := c.Queues[id]; q == nil || q.ID != id {
			errs = append(errs, fmt.Errorf("queue %q has no policy of its own", id))
		} else if q.OnMaxWait.Queue != "" {
			queue("queue "+string(id), q.OnMaxWait.Queue)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Sources)) {
		if s := c.Sources[id]; s == nil || s.ID != id {
			errs = append(errs, fmt.Errorf("source %q has no description of its own", id))
		} else {
			queue("source "+string(id), s.Queue)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Agents)) {
		if a := c.Agents[id]; a == nil || a.ID != id {
			errs = append(errs, fmt.Errorf("agent %q has no profile of its own", id))
		} else {
			for _, q := range a.Queues {
				queue("agent "+string(id), q)
			}
		}
	}
	return errors.Join(errs...)
}

// tellQueues tells every queue of these configurations, and every other one
// that somebody still waits in, to look at its policy.
func (e *Engine) tellQueues(of ...*acd.Config) error {
	queues, err := e.queuesOf(of...)
	for _, q := range queues {
		e.tell(q.Address(), &envelope{cmd: acd.ConfigChanged{}})
	}
	return err
}

// queuesOf names the queues of these configurations, and every other one that
// somebody still waits in.
func (e *Engine) queuesOf(of ...*acd.Config) ([]acd.QueueID, error) {
	seen := map[string]bool{}
	for _, cfg := range of {
		for id := range cfg.Queues {
			seen[string(id)] = true
		}
	}
	err := e.owners(rowWaiting, seen)
	queues := make([]acd.QueueID, 0, len(seen))
	for _, id := range sortedKeys(seen) {
		queues = append(queues, acd.QueueID(id))
	}
	return queues, err
}

// tellAgents tells every agent with a state or a slot to his name.
func (e *Engine) tellAgents() error {
	seen := map[string]bool{}
	err := errors.Join(e.owners(rowPresent, seen), e.owners(rowSlot, seen))
	for _, id := range sortedKeys(seen) {
		e.tell(acd.AgentID(id).Address(), &envelope{cmd: acd.ConfigChanged{}})
	}
	return err
}

// removeSources tells every chat that is not over and whose source is not in
// the configuration any more. One that has heard of it already takes no notice.
func (e *Engine) removeSources() error {
	gone := removedSources{cfg: e.config.Load()}
	err := e.scan(rowLive, "", func(k, v []byte) error {
		row, err := decodeRow[liveRow](v)
		if err == nil {
			id, _ := rowNames(k)
			gone.look(acd.ChatID(id), row.Source)
		}
		return err
	})
	gone.tell(e)
	return err
}

// removedSources are the chats whose source is not in a configuration.
type removedSources struct {
	cfg  *acd.Config
	told []acd.ChatID // in their order
	of   []acd.SourceID
}

func (r *removedSources) look(c acd.ChatID, source acd.SourceID) {
	if source != "" && r.cfg.Sources[source] == nil {
		r.told, r.of = append(r.told, c), append(r.of, source)
	}
}

func (r *removedSources) tell(e *Engine) {
	for i, c := range r.told {
		e.tell(c.Address(), &envelope{cmd: acd.SourceRemoved{Source: r.of[i]}})
	}
}

// sweepSources looks again, some time after a change, for chats that were being
// started under the configuration before and had no row yet.
func (e *Engine) sweepSources() {
	if !e.removing.Swap(false) {
		return
	}
	if err := e.removeSources(); err != nil {
		e.log.Error("chats of removed sources", "err", err)
	}
}
