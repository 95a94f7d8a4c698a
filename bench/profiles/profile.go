package profiles

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var builtin embed.FS

// Profile is a load. Its YAML names are those of the tags; reference.yaml
// explains every one.
type Profile struct {
	Name     string        `yaml:"name"`
	About    string        `yaml:"about"`
	Seed     uint64        `yaml:"seed"`
	Duration time.Duration `yaml:"duration"` // in which is measured
	Warmup   time.Duration `yaml:"warmup"`   // load before it, not measured
	Drain    time.Duration `yaml:"drain"`    // most that chats get to end by themselves

	Arrivals    Arrivals    `yaml:"arrivals"`
	Agents      Agents      `yaml:"agents"`
	Customers   Customers   `yaml:"customers"`
	Chat        Chat        `yaml:"chat"`
	Queues      Queues      `yaml:"queues"`
	Supervisors Supervisors `yaml:"supervisors"`
	Faults      Faults      `yaml:"faults"`
	Objective   Objective   `yaml:"objective"`
}

// Agents are those who answer.
type Agents struct {
	Count     int           `yaml:"count"`
	Capacity  int           `yaml:"capacity"`
	LoginOver time.Duration `yaml:"login_over"` // spread of their sign-ins
	LoginAt   time.Duration `yaml:"login_at"`   // after the first arrivals; 0 is before them
	Answer    Dist          `yaml:"answer"`     // from offer to accept or reject
	Miss      float64       `yaml:"miss"`       // share of offers that nobody answers
	Reject    float64       `yaml:"reject"`     // share of offers that are rejected
	Back      Dist          `yaml:"back"`       // from being set aside to available again
	Think     Dist          `yaml:"think"`      // before each message
	Wrapup    Dist          `yaml:"wrapup"`     // from the end to the wrap-up
}

// Customers are those who write.
type Customers struct {
	Pool     int     `yaml:"pool"`     // connections opened ahead and used again
	Reserve  int     `yaml:"reserve"`  // more of them at a server that the run starts, for when all of the pool have a chat
	Most     int     `yaml:"most"`     // connections at once; arrivals beyond are counted as not started
	PerChat  bool    `yaml:"per_chat"` // a new person and connection for each chat instead
	Think    Dist    `yaml:"think"`    // before each message
	Patience Dist    `yaml:"patience"` // from arrival to giving up; 0 is never
	Ends     float64 `yaml:"ends"`     // share of chats that the customer ends
}

// Chat is what happens in one.
type Chat struct {
	Messages  Dist `yaml:"messages"`  // in all, by turns, the agent's first
	Length    Dist `yaml:"length"`    // of a text, in characters
	Transfers Dist `yaml:"transfers"` // to another agent, spread over the messages
}

// Queues is what the server that is started for the run is told.
type Queues struct {
	Count        int           `yaml:"count"`
	OfferTimeout time.Duration `yaml:"offer_timeout"`
	Backlog      int           `yaml:"backlog"` // chats that wait before anybody has signed in
}

// Supervisors watch.
type Supervisors struct {
	Count int `yaml:"count"`
}

// Faults are what breaks, counted from the start of the measured time.
type Faults struct {
	CutAt    time.Duration `yaml:"cut_at"`    // all sockets are cut; 0 is never
	BackOver time.Duration `yaml:"back_over"` // spread of the returns
	KillAt   time.Duration `yaml:"kill_at"`   // the server is killed and started again; 0 is never
}

// Objective is when a rate holds, for the search for the limit.
type Objective struct {
	OfferP99 time.Duration `yaml:"offer_p99"`
}

// Names lists the profiles that come with Parley.
func Names() []string {
	entries, err := fs.ReadDir(builtin, ".")
	if err != nil {
		panic(fmt.Sprintf("the embedded profiles: %v", err))
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Text is the file of a profile that comes with Parley, comments and all.
func Text(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("profile %q is not known, expected one of %s", name, strings.Join(Names(), ", "))
	}
	return builtin.ReadFile(name + ".yaml")
}

// Builtin reads a profile that comes with Parley.
func Builtin(name string) (*Profile, error) {
	text, err := Text(name)
	if err != nil {
		return nil, err
	}
	return parse(name+".yaml", text, "")
}

// Load reads a user's own profile.
func Load(path string) (*Profile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return parse(filepath.Base(path), text, filepath.Dir(path))
}

func parse(name string, text []byte, dir string) (*Profile, error) {
	p := &Profile{Name: strings.TrimSuffix(name, filepath.Ext(name))}
	if err := yaml.UnmarshalWithOptions(text, p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	if p.Arrivals.File != "" && !filepath.IsAbs(p.Arrivals.File) {
		p.Arrivals.File = filepath.Join(dir, p.Arrivals.File)
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

// Validate names all that is wrong with a profile.
func (p *Profile) Validate() error {
	var errs []error
	say := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	say(p.Duration > 0, "duration %s, expected more than 0s", p.Duration)
	say(p.Warmup >= 0 && p.Drain >= 0, "warmup %s and drain %s, expected 0s or more", p.Warmup, p.Drain)
	say(p.Agents.Count > 0, "agents.count %d, expected at least 1", p.Agents.Count)
	say(p.Agents.Capacity >= 1 && p.Agents.Capacity <= 50, "agents.capacity %d, expected 1 to 50", p.Agents.Capacity)
	say(p.Customers.Reserve >= 0, "customers.reserve %d, expected at least 0", p.Customers.Reserve)
	say(p.Customers.Most > 0, "customers.most %d, expected at least 1", p.Customers.Most)
	say(p.Queues.Count > 0, "queues.count %d, expected at least 1", p.Queues.Count)
	say(p.Queues.OfferTimeout >= time.Second, "queues.offer_timeout %s, expected at least 1s", p.Queues.OfferTimeout)
	say(p.Queues.Backlog >= 0 && p.Supervisors.Count >= 0, "a negative queues.backlog or supervisors.count")
	say(p.Objective.OfferP99 >= 0, "objective.offer_p99 %s, expected 0s or more", p.Objective.OfferP99)
	for name, share := range map[string]float64{"agents.miss": p.Agents.Miss, "agents.reject": p.Agents.Reject, "customers.ends": p.Customers.Ends} {
		say(share >= 0 && share <= 1, "%s %g, expected 0 to 1", name, share)
	}
	say(p.Agents.Miss+p.Agents.Reject < 1, "agents.miss and agents.reject leave no offer to accept")
	errs = append(errs, p.Arrivals.validate())
	return errors.Join(errs...)
}
