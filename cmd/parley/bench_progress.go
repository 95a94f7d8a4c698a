package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"golang.org/x/term"

	"github.com/parley-engine/parley/bench"
	"github.com/parley-engine/parley/bench/profiles"
)

// commandLine is how this program was called.
func commandLine() string {
	return strings.Join(append([]string{"parley"}, os.Args[1:]...), " ")
}

// progress shows a run: a board on a terminal, a line each second elsewhere.
type progress struct {
	to      io.Writer
	profile *profiles.Profile
	program *tea.Program // nil where there is no terminal
	ended   chan struct{}
}

func newProgress(to io.Writer, p *profiles.Profile) *progress {
	return &progress{to: to, profile: p}
}

// start returns what is to be called each second. Interrupt is called when
// somebody at the terminal wants the run to end.
func (p *progress) start(interrupt func()) func(bench.Tick) {
	f, ok := p.to.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return p.line
	}
	p.program = tea.NewProgram(&board{profile: p.profile, interrupt: interrupt}, tea.WithOutput(f), tea.WithoutSignalHandler())
	p.ended = make(chan struct{})
	go func() {
		defer close(p.ended)
		_, _ = p.program.Run() // without it the run goes on unseen
	}()
	return func(t bench.Tick) { p.program.Send(t) }
}

func (p *progress) stop() {
	if p.program != nil {
		p.program.Quit()
		<-p.ended
	}
}

func (p *progress) line(t bench.Tick) {
	fmt.Fprintf(p.to, "%4.0fs %-9s arrived %.0f/s completed %.0f/s messages %.0f/s live %d errors %d offer p50 %.2f p99 %.2f ms server %.2f cores %d MiB\n",
		t.At, phase(t), t.Rate.Arrived, t.Rate.Completed, t.Rate.Messages, t.Live, t.Errors, t.StartOffer.P50, t.StartOffer.P99, t.Rate.CPU, t.RSS>>20)
}

func phase(t bench.Tick) string {
	if t.Measuring {
		return "measured"
	}
	return "not meas."
}

// board is the picture on a terminal.
type board struct {
	profile   *profiles.Profile
	interrupt func()
	ticks     []bench.Tick
}

const boardTicks = 50

// Init has nothing to do first.
func (b *board) Init() tea.Cmd { return nil }

// Update takes a second of the run, or a key.
func (b *board) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case bench.Tick:
		b.ticks = append(b.ticks, msg)
		if len(b.ticks) > boardTicks {
			b.ticks = b.ticks[1:]
		}
	case tea.KeyMsg:
		if msg.String() == "ctrl+c" || msg.String() == "q" {
			b.interrupt()
		}
	}
	return b, nil
}

var (
	boardTitle = lipgloss.NewStyle().Bold(true)
	boardName  = lipgloss.NewStyle().Width(18).Foreground(lipgloss.Color("8"))
	boardValue = lipgloss.NewStyle().Width(26)
	boardCurve = lipgloss.NewStyle().Foreground(lipgloss.Color("4"))
	boardAlarm = lipgloss.NewStyle().Foreground(lipgloss.Color("1")).Bold(true)
	boardFrame = lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).Padding(0, 1)
)

// View draws the board.
func (b *board) View() string {
	if len(b.ticks) == 0 {
		return boardFrame.Render(boardTitle.Render("parley bench "+b.profile.Name) + "\nsigning in…")
	}
	t := b.ticks[len(b.ticks)-1]
	row := func(name, value string, of func(bench.Tick) float64) string {
		return boardName.Render(name) + boardValue.Render(value) + boardCurve.Render(spark(b.ticks, of))
	}
	rows := []string{
		boardTitle.Render(fmt.Sprintf("parley bench %s  %.0f s  %s", b.profile.Name, t.At, phase(t))),
		row("arrived", fmt.Sprintf("%.0f /s", t.Rate.Arrived), func(t bench.Tick) float64 { return t.Rate.Arrived }),
		row("completed", fmt.Sprintf("%.0f /s", t.Rate.Completed), func(t bench.Tick) float64 { return t.Rate.Completed }),
		row("messages", fmt.Sprintf("%.0f /s", t.Rate.Messages), func(t bench.Tick) float64 { return t.Rate.Messages }),
		row("live chats", fmt.Sprint(t.Live), func(t bench.Tick) float64 { return float64(t.Live) }),
		row("start to offer", fmt.Sprintf("p50 %.1f  p99 %.1f ms", t.StartOffer.P50, t.StartOffer.P99), func(t bench.Tick) float64 { return t.StartOffer.P99 }),
		row("send to delivered", fmt.Sprintf("p50 %.1f  p99 %.1f ms", t.SendDeliver.P50, t.SendDeliver.P99), func(t bench.Tick) float64 { return t.SendDeliver.P99 }),
		row("server", fmt.Sprintf("%.2f cores  %d MiB", t.Rate.CPU, t.RSS>>20), func(t bench.Tick) float64 { return t.Rate.CPU }),
	}
	errors := boardName.Render("errors") + fmt.Sprint(t.Errors)
	if t.Errors > 0 {
		errors = boardName.Render("errors") + boardAlarm.Render(fmt.Sprint(t.Errors))
	}
	return boardFrame.Render(strings.Join(append(rows, errors, "q ends the run"), "\n")) + "\n"
}

// spark draws a curve in one line of text.
func spark(ticks []bench.Tick, of func(bench.Tick) float64) string {
	marks := []rune("▁▂▃▄▅▆▇█")
	top := 0.0
	for _, t := range ticks {
		top = max(top, of(t))
	}
	var out []rune
	for _, t := range ticks {
		n := 0
		if top > 0 {
			n = int(of(t) / top * float64(len(marks)-1))
		}
		out = append(out, marks[n])
	}
	return string(out)
}
