package top

import "fmt"

func (m *Model) queueTable() []string {
	lines := []string{headStyle.Render(fmt.Sprintf("%-20s %8s %8s %10s %10s %10s %6s %9s %7s %7s %7s",
		"QUEUE", "waiting", "oldest", "entered/s", "answered/s", "abandoned", "RONA", "occupied", "level", "ASA", "AHT"))}
	for _, q := range m.queues() {
		in, out := "-", "-"
		if q.rated {
			in, out = fmt.Sprintf("%.2f", q.entered), fmt.Sprintf("%.2f", q.answered)
		}
		lines = append(lines, fmt.Sprintf("%-20.20s %8.0f %8s %10s %10s %10.0f %6.0f %8.0f%% %7s %7s %7s",
			q.name, q.waiting, span(q.oldest), in, out, q.abandoned, q.rona, 100*q.occupancy, share(q.day.Level), seconds(q.day.ASA), seconds(q.day.AHT)))
	}
	return lines
}

// agentTable is nil where nobody may read the report.
func (m *Model) agentTable() []string {
	rows := m.agents()
	if len(rows) == 0 {
		return nil
	}
	lines := []string{headStyle.Render(fmt.Sprintf("%-20s %9s %6s %9s %8s %8s %9s", "AGENT TODAY", "accepted", "RONA", "rejected", "talk", "AHT", "occupied"))}
	for _, a := range rows {
		lines = append(lines, fmt.Sprintf("%-20.20s %9.0f %6.0f %9.0f %8s %8s %9s",
			a.Agent, a.Accepted, a.RONA, a.Rejected, seconds(a.Talk), seconds(a.Handling), share(a.Occupancy)))
	}
	return lines
}

func share(f *float64) string {
	if f == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100**f)
}

func seconds(f *float64) string {
	if f == nil {
		return "-"
	}
	return span(*f)
}
