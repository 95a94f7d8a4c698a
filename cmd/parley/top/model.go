package top

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Looker looks at a node; Node is the one that does.
type Looker interface {
	Look(ctx context.Context) (*Look, error)
}

// Model is the state of the picture: bubbletea's, and all of it.
type Model struct {
	address string
	every   time.Duration
	look    Looker
	now     func() time.Time

	looks  []*Look // the newest last, at most a window's
	away   error   // why the last look failed
	since  time.Time
	paused bool
	order  int // of columns, by which tables are sorted
	wide   int // of the window; zero is no bound
	high   int
}

// window is how far back latencies reach.
const window = time.Minute

// New returns a picture of nothing yet, which looks each time after every.
func New(address string, every time.Duration, look Looker, now func() time.Time) *Model {
	return &Model{address: address, every: every, look: look, now: now}
}

type (
	// looked is what came of a look.
	looked struct {
		look *Look
		err  error
	}
	// due says that it is time for the next.
	due struct{}
)

// Init looks for the first time.
func (m *Model) Init() tea.Cmd { return m.ask }

func (m *Model) ask() tea.Msg {
	ctx, cancel := context.WithTimeout(context.Background(), max(5*time.Second, m.every))
	defer cancel()
	l, err := m.look.Look(ctx)
	return looked{l, err}
}

func (m *Model) wait() tea.Cmd {
	return tea.Tick(m.every, func(time.Time) tea.Msg { return due{} })
}

// Update takes a look, a key or the window's size. One look is under way at a
// time: the next is waited for when it has come, or failed.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case looked:
		m.take(msg)
		return m, m.wait()
	case due:
		if m.paused {
			return m, m.wait()
		}
		return m, m.ask
	case tea.WindowSizeMsg:
		m.wide, m.high = msg.Width, msg.Height
	case tea.KeyMsg:
		return m, m.key(msg.String())
	}
	return m, nil
}

func (m *Model) key(key string) tea.Cmd {
	switch key {
	case "q", "ctrl+c", "esc":
		return tea.Quit
	case "p", " ":
		m.paused = !m.paused
	case "s":
		m.order = (m.order + 1) % len(orders)
	case "S":
		m.order = (m.order + len(orders) - 1) % len(orders)
	}
	return nil
}

// Take puts a look into the picture, or that there was none.
func (m *Model) Take(l *Look, err error) { m.take(looked{l, err}) }

func (m *Model) take(l looked) {
	if l.err != nil {
		if m.away == nil {
			m.since = m.now()
		}
		m.away = l.err
		return
	}
	if m.away != nil {
		m.looks = nil // what happened meanwhile is nobody's rate
	}
	m.away = nil
	m.looks = append(m.looks, l.look)
	for len(m.looks) > 2 && l.look.At.Sub(m.looks[0].At) > window {
		m.looks = m.looks[1:]
	}
}

// last is the newest look, nil before the first.
func (m *Model) last() *Look {
	if len(m.looks) == 0 {
		return nil
	}
	return m.looks[len(m.looks)-1]
}

// rate is how fast a counter grows, and false before there are two looks.
func (m *Model) rate(name string, w where) (float64, bool) {
	if len(m.looks) < 2 {
		return 0, false
	}
	a, b := m.looks[len(m.looks)-2], m.looks[len(m.looks)-1]
	if passed := b.At.Sub(a.At).Seconds(); passed > 0 {
		return b.page.since(a.page, name, w) / passed, true
	}
	return 0, false
}

// queueRow is a line of the table of queues.
type queueRow struct {
	name                       string
	waiting, oldest            float64
	entered, answered          float64 // a second
	rated                      bool
	abandoned, rona, occupancy float64
	day                        queueLine
}

// orders are what tables are sorted by, most first.
var orders = []struct {
	name   string
	queues func(q *queueRow) float64
	agents func(a *agentLine) float64
}{
	{"waiting, accepted", func(q *queueRow) float64 { return q.waiting }, func(a *agentLine) float64 { return a.Accepted }},
	{"oldest, RONA", func(q *queueRow) float64 { return q.oldest }, func(a *agentLine) float64 { return a.RONA }},
	{"arrivals, occupancy", func(q *queueRow) float64 { return q.entered }, func(a *agentLine) float64 { return value(a.Occupancy) }},
	{"name", func(*queueRow) float64 { return 0 }, func(*agentLine) float64 { return 0 }},
}

func value(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}

func (m *Model) queues() []queueRow {
	l := m.last()
	var rows []queueRow
	for _, q := range l.page.values("parley_queue_waiting", "queue") {
		of := where{"queue": q}
		row := queueRow{name: q, waiting: l.page.sum("parley_queue_waiting", of), oldest: l.page.sum("parley_queue_oldest_seconds", of),
			abandoned: l.page.sum("parley_abandoned_total", of), rona: l.page.sum("parley_rona_total", of),
			occupancy: l.page.sum("parley_occupancy_ratio", where{"team": q}), day: l.queues[q]}
		row.entered, row.rated = m.rate("parley_queue_entered_total", of)
		row.answered, _ = m.rate("parley_answered_total", of)
		rows = append(rows, row)
	}
	by := orders[m.order].queues
	slices.SortStableFunc(rows, func(a, b queueRow) int {
		return cmp.Or(cmp.Compare(by(&b), by(&a)), strings.Compare(a.name, b.name))
	})
	return rows
}

func (m *Model) agents() []agentLine {
	rows := slices.Clone(m.last().agents)
	by := orders[m.order].agents
	slices.SortStableFunc(rows, func(a, b agentLine) int {
		return cmp.Or(cmp.Compare(by(&b), by(&a)), strings.Compare(a.Agent, b.Agent))
	})
	return rows
}
