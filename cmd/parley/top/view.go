package top

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
)

var (
	titleStyle = lipgloss.NewStyle().Bold(true)
	nameStyle  = lipgloss.NewStyle().Foreground(lipgloss.Color("8"))
	headStyle  = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("6"))
	alarmStyle = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("1"))
	goodStyle  = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
)

// View draws the picture, in lines that the window has room for.
func (m *Model) View() string {
	lines := []string{m.title()}
	if m.away != nil {
		lines = append(lines, alarmStyle.Render(fmt.Sprintf("away since %s: %v; asking again every %s", m.since.Format(time.TimeOnly), m.away, m.every)))
	}
	l := m.last()
	if l == nil {
		if m.away == nil {
			lines = append(lines, "asking…")
		}
		return m.fit(append(lines, m.help()))
	}
	lines = append(lines, m.overview(l)...)
	lines = append(lines, "")
	lines = append(lines, m.queueTable()...)
	if l.denied != "" {
		lines = append(lines, nameStyle.Render(l.denied))
	}
	if agents := m.agentTable(); agents != nil {
		lines = append(append(lines, ""), agents...)
	}
	return m.fit(append(lines, m.help()))
}

// fit cuts what the window has no room for; the help stays.
func (m *Model) fit(lines []string) string {
	if m.high > 1 && len(lines) > m.high {
		help := lines[len(lines)-1]
		lines = append(lines[:m.high-1], help)
	}
	cut := lipgloss.NewStyle().MaxWidth(m.wide)
	for i, line := range lines {
		lines[i] = cut.Render(line)
	}
	return strings.Join(lines, "\n")
}

func (m *Model) help() string {
	return nameStyle.Render("q quit   s sort (by " + orders[m.order].name + ")   p pause")
}

func (m *Model) title() string {
	text := titleStyle.Render("parley top") + "  " + m.address
	if l := m.last(); l != nil {
		state := goodStyle.Render(l.State)
		if l.State != "ready" || m.away != nil {
			state = alarmStyle.Render(l.State)
		}
		up := l.At.Sub(time.Unix(int64(l.page.sum("process_start_time_seconds", nil)), 0)).Round(time.Second)
		text += fmt.Sprintf("  %s  up %s  %s  %s", state, up, l.page.label("parley_build_info", "version"), l.At.Format(time.TimeOnly))
	}
	if m.paused {
		text += "  " + alarmStyle.Render("paused")
	}
	return text
}

// overview are the lines about the whole node.
func (m *Model) overview(l *Look) []string {
	p := l.page
	line := func(name string, parts ...string) string {
		return nameStyle.Render(fmt.Sprintf("%-10s", name)) + strings.Join(parts, " · ")
	}
	n := func(format, name string, w where) string { return fmt.Sprintf(format, p.sum(name, w)) }
	lines := []string{
		line("chats", n("%.0f open", "parley_chats", nil), n("%.0f served", "parley_chats", where{"phase": "active"}),
			n("%.0f waiting", "parley_queue_waiting", nil),
			"started "+m.perSecond("parley_chats_started_total", nil), "ended "+m.perSecond("parley_chats_ended_total", nil),
			n("%.0f commands wait", "parley_commands_waiting", nil), fmt.Sprintf("%.0f%% of starts let in", 100*p.sum("parley_admitted_share", nil))),
		line("agents", m.people()...),
		line("sockets", m.sockets()...),
		line("latency", m.latency("offer", "parley_offer_latency_seconds"), m.latency("answer", "parley_accept_seconds"),
			m.latency("assigned", "parley_accept_to_assigned_seconds"), m.latency("delivery", "parley_message_delivery_seconds")),
		line("actors", m.actors()...),
		line("journal", m.journal()...),
		line("process", m.process()...),
	}
	return append(lines, m.alarms()...)
}

// perSecond is a rate, or - before there is one.
func (m *Model) perSecond(name string, w where) string {
	r, known := m.rate(name, w)
	if !known {
		return "-/s"
	}
	return fmt.Sprintf("%.1f/s", r)
}

// latency are quantiles of the last minute, - if nothing happened in it.
func (m *Model) latency(what, name string) string {
	first, last := m.looks[0], m.last()
	half, some := last.page.quantile(first.page, name, 0.5)
	most, _ := last.page.quantile(first.page, name, 0.99)
	if !some {
		return what + " -"
	}
	return fmt.Sprintf("%s p50 %s p99 %s", what, span(half), span(most))
}

// span is a time in the unit that suits it.
func span(seconds float64) string {
	switch {
	case seconds >= 100:
		return (time.Duration(seconds) * time.Second).String()
	case seconds >= 1:
		return fmt.Sprintf("%.1fs", seconds)
	case seconds < 1e-5: // the least that a histogram tells apart
		return "0ms"
	}
	return fmt.Sprintf("%.3gms", 1000*seconds)
}

func (m *Model) people() []string {
	p := m.last().page
	parts := []string{}
	for _, presence := range p.values("parley_agents", "presence") {
		parts = append(parts, fmt.Sprintf("%.0f %s", p.sum("parley_agents", where{"presence": presence}), presence))
	}
	for _, routing := range p.values("parley_agents", "routing") {
		if routing != "off_queue" {
			parts = append(parts, fmt.Sprintf("%.0f %s", p.sum("parley_agents", where{"routing": routing}), routing))
		}
	}
	return append(parts, fmt.Sprintf("%.0f%% occupied", 100*p.sum("parley_occupancy_ratio", where{"team": "all"})))
}

func (m *Model) sockets() []string {
	p := m.last().page
	parts := []string{fmt.Sprintf("%.0f", p.sum("parley_connections", nil))}
	for _, role := range p.values("parley_sessions", "role") {
		if n := p.sum("parley_sessions", where{"role": role}); n > 0 {
			parts = append(parts, fmt.Sprintf("%.0f %s", n, role))
		}
	}
	return append(parts, "frames in "+m.perSecond("parley_frames_in_total", nil), "out "+m.perSecond("parley_frames_out_total", nil),
		"errors "+m.perSecond("parley_errors_total", nil), "too slow "+m.perSecond("parley_slow_consumers_total", nil))
}

func (m *Model) actors() []string {
	p := m.last().page
	var parts []string
	for _, kind := range p.values("parley_actors", "kind") {
		of := where{"kind": kind}
		parts = append(parts, fmt.Sprintf("%.0f %s (%.0f in mailboxes, %.0f in one)", p.sum("parley_actors", of), kind, p.sum("parley_mailbox_depth", of), p.sum("parley_mailbox_longest", of)))
	}
	return append(parts, "passivated "+m.perSecond("parley_passivations_total", nil), fmt.Sprintf("%.0f restarts", p.sum("parley_actor_restarts_total", nil)),
		fmt.Sprintf("%.0f quarantined", p.sum("parley_quarantined", nil)))
}

func (m *Model) journal() []string {
	p := m.last().page
	return []string{"groups " + m.perSecond("parley_journal_sync_seconds_count", nil), "records " + m.perSecond("parley_journal_batch_events_sum", nil),
		m.latency("sync", "parley_journal_sync_seconds"),
		fmt.Sprintf("%.0f of %.0f queued", p.sum("parley_journal_queued", nil), p.sum("parley_journal_queue_limit", nil)),
		bytes(p.sum("parley_journal_disk_bytes", nil)) + " on disk", bytes(p.sum("parley_disk_free_bytes", nil)) + " free"}
}

func (m *Model) process() []string {
	p := m.last().page
	cpu := "- cores"
	if r, known := m.rate("process_cpu_seconds_total", nil); known {
		cpu = fmt.Sprintf("%.2f cores", r)
	}
	return []string{cpu, bytes(p.sum("process_resident_memory_bytes", nil)), fmt.Sprintf("%.0f goroutines", p.sum("go_goroutines", nil))}
}

func bytes(n float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; n >= 1024 && i < len(units)-1; i++ {
		n /= 1024
	}
	return fmt.Sprintf("%.3g %s", n, units[i])
}

// alarms are what somebody should see before he reads a number.
func (m *Model) alarms() []string {
	p := m.last().page
	var lines []string
	for _, a := range []struct {
		is   bool
		text string
	}{
		{p.sum("parley_journal_failed", nil) > 0, "the journal has failed: the process stops"},
		{p.sum("parley_disk_state", nil) > 1, "the disk is full: no new chats"},
		{p.sum("parley_disk_state", nil) == 1, "the disk is filling up"},
		{p.sum("parley_admitted_share", nil) < 1, "chats are refused, since they could not be answered in time"},
		{p.sum("parley_quarantined", nil) > 0, "an actor has failed again and again"},
		{p.sum("parley_event_dead_letters_total", nil) > 0, "events have been given up: see the dead letters of the webhooks"},
	} {
		if a.is {
			lines = append(lines, alarmStyle.Render("! "+a.text))
		}
	}
	return lines
}
