package conform

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/parley-engine/parley/transport/wire"
)

// Target is the server under test.
type Target struct {
	// URL is its websocket.
	URL string
	// Token makes a token for somebody; the server must believe it.
	Token func(p Person) (string, error)
	// Advance lets time pass on a server with a virtual clock. Without it the
	// runner waits.
	Advance func(time.Duration)
	// Restart ends the server and starts it again on the same data, and returns
	// its URL. Without it, scenarios that restart the server are skipped.
	Restart func() (string, error)
	// RemoveSource makes the server's administrator take a source of chats away;
	// with "" he puts all of them back. It returns when the server has taken
	// note. Without it, scenarios that remove a source are skipped.
	RemoveSource func(source string) error
	// DeleteQueue is the same for a queue, which nobody serves any more then.
	DeleteQueue func(queue string) error
	// Patience is how long to wait for what must come. Default: 10 s.
	Patience time.Duration
	// HTTPClient makes the handshakes. Default: http.DefaultClient.
	HTTPClient *http.Client
}

// Run plays each scenario file at the top of files, one after the other, as a
// test of its own.
func Run(t *testing.T, target Target, files fs.FS) {
	t.Helper()
	scenarios, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(scenarios) == 0 {
		t.Fatal("no scenario files")
	}
	for _, path := range slices.Sorted(maps.Keys(scenarios)) {
		t.Run(path, func(t *testing.T) {
			report(t, scenarios[path], Play(t.Context(), &target, scenarios[path]))
		})
	}
}

func report(t *testing.T, s *Scenario, err error) {
	t.Helper()
	if errors.Is(err, errNotHere) {
		t.Skip(err)
	}
	if err != nil {
		t.Errorf("%s\n%v", s.Name, err)
	}
}

// errNotHere is for steps that this target has no means for.
var errNotHere = errors.New("not possible with this target")

// Play plays one scenario and says at which step the server went wrong, and
// which rules of every connection it broke. In the end everybody's desk is
// cleared: chats ended, wrap-ups filed, agents offline.
func Play(ctx context.Context, target *Target, s *Scenario) error {
	p := &play{
		target: target, captures: captures{}, run: rand.Text()[:8],
		people: maps.Clone(s.People), peers: map[string]*peer{}, last: map[string]command{},
		secrets: &secrets{ids: map[string]bool{}},
	}
	for name, person := range p.people {
		if person.Role == wire.RoleCustomer {
			person.Subject += "-" + p.run
			p.people[name] = person
		} else {
			p.secrets.ids[person.Subject] = true
		}
	}
	defer p.hangUp()
	problems := []error{p.steps(ctx, s)}
	p.hangUp()
	if p.removed {
		problems = append(problems, target.RemoveSource(""))
	}
	if p.deleted {
		problems = append(problems, target.DeleteQueue(""))
	}
	if !errors.Is(problems[0], errNotHere) {
		problems = append(problems, p.tidy(ctx))
	}
	return errors.Join(append(problems, p.faults...)...)
}

// play is a scenario being played.
type play struct {
	target   *Target
	captures captures
	run      string // makes ids unique
	commands int
	people   map[string]Person
	secrets  *secrets
	peers    map[string]*peer // by name, the last connection of each
	last     map[string]command
	faults   []error
	removed  bool // a source, that has to be put back
	deleted  bool // a queue, the same
}

// command is what somebody sent last.
type command struct {
	id   string
	line []byte
}

func (p *play) steps(ctx context.Context, s *Scenario) error {
	for i, step := range s.Steps {
		line, err := understand(step.Sentence)
		if err != nil {
			return err
		}
		if err := p.step(ctx, line, step); err != nil {
			return fmt.Errorf("step %d, %s: %w%s", i+1, step, err, p.arrived(cmp.Or(line.as, line.who)))
		}
	}
	return nil
}

func (p *play) step(ctx context.Context, l sentence, s Step) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(p.target.Patience, 10*time.Second)+s.pause())
	defer cancel()
	return l.do(p, ctx, l, s)
}

// arrived lists what came on somebody's connection, for the report of a failure.
func (p *play) arrived(who string) string {
	c := p.peers[who]
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	text := fmt.Sprintf("\n  what %s has received:", who)
	for i, f := range c.events {
		passed := " "
		if i < c.seen {
			passed = "x"
		}
		text += fmt.Sprintf("\n  %s %s", passed, oneLine(f))
	}
	return text
}

// retire keeps the faults of a connection that is over.
func (p *play) retire(name string) {
	c := p.peers[name]
	if c == nil {
		return
	}
	c.drop()
	for _, fault := range c.faults {
		p.faults = append(p.faults, fmt.Errorf("%s: %w", name, fault))
	}
	c.faults = nil
}

func (p *play) hangUp() {
	for name := range p.peers {
		p.retire(name)
	}
}
