package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// Columns are the names of a line's values, after its times and its key:
// figures, what may be worked out of them, and then what follows from both.
func Columns() []string {
	names := append(make([]string, 0, len(Names)+1+len(Ratios)), Names[:]...)
	names = append(names, "capacity_s")
	for _, r := range Ratios {
		names = append(names, r.Name)
	}
	return names
}

// Values calls each with every value that a line has, in the order of the
// columns. A ratio of nothing is left out.
func (l *Line) Values(each func(column int, name string, value float64)) {
	f := &l.Figures
	for i, name := range Names {
		each(i, name, f.Value(Figure(i)))
	}
	each(len(Names), "capacity_s", float64(f[CapacityTime])/1000)
	for i, r := range Ratios {
		if v, known := r.Of(f); known {
			each(len(Names)+1+i, r.Name, math.Round(v*1e4)/1e4)
		}
	}
}

// Object is a line as JSON shows it. The key goes by the name of what the report
// is by; there is none in a total.
func (l *Line) Object(by By) map[string]any {
	o := map[string]any{"start": l.Start.Format(time.RFC3339), "end": l.End.Format(time.RFC3339)}
	if by != ByNothing {
		o[string(by)] = l.Key
	}
	l.Values(func(_ int, name string, value float64) { o[name] = value })
	return o
}

// WriteCSV writes a report as RFC 4180 says, with a line of names first. What a
// ratio of nothing would be is empty.
func WriteCSV(w io.Writer, by By, lines []Line) error {
	out := csv.NewWriter(w)
	columns := Columns()
	row := []string{"start", "end"}
	if by != ByNothing {
		row = append(row, string(by))
	}
	fixed := len(row)
	if err := out.Write(append(row, columns...)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for i := range lines {
		l := &lines[i]
		row = append(row[:0], l.Start.Format(time.RFC3339), l.End.Format(time.RFC3339))
		if by != ByNothing {
			row = append(row, harmless(l.Key))
		}
		row = append(row, make([]string, len(columns))...)
		l.Values(func(column int, _ string, value float64) {
			row[fixed+column] = strconv.FormatFloat(value, 'f', -1, 64)
		})
		if err := out.Write(row); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a name from being taken for a formula by what opens the file.
func harmless(name string) string {
	if name != "" && (name[0] == '=' || name[0] == '+' || name[0] == '-' || name[0] == '@') {
		return "'" + name
	}
	return name
}
