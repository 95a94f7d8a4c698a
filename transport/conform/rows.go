package conform

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// RunRows plays the scenarios at the top of files as a test of each row that
// they show, named by the row and by the scenario: "W05 back from rona by hand
// alone". A scenario that shows several rows is played once, and all of them
// hold if it does. It returns the rows that were shown, in their order.
func RunRows(t *testing.T, target Target, files fs.FS) []string {
	t.Helper()
	scenarios, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, r := range rowsOf(scenarios, func(s *Scenario) error { return Play(t.Context(), &target, s) }) {
		t.Run(r.String(), func(t *testing.T) { report(t, r.by, r.outcome()) })
		shown = append(shown, r.id)
	}
	return slices.Compact(shown)
}

// row is a requirement and what shows it.
type row struct {
	id      string
	by      *Scenario
	outcome func() error // of playing it, once for all of its rows
}

// rowsOf orders what the scenarios show by row and then by file.
func rowsOf(scenarios map[string]*Scenario, play func(*Scenario) error) []row {
	var rows []row
	for _, path := range slices.Sorted(maps.Keys(scenarios)) {
		s := scenarios[path]
		outcome := sync.OnceValue(func() error { return play(s) })
		for _, id := range s.Rows {
			rows = append(rows, row{id, s, outcome})
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int { return strings.Compare(padded(a.id), padded(b.id)) })
	return rows
}

// String is the test's name.
func (r row) String() string { return padded(r.id) + " " + r.by.Name }

// padded writes W5 as W05, so that rows sort as they are counted.
func padded(id string) string {
	letters := strings.TrimRight(id, "0123456789")
	n, err := strconv.Atoi(id[len(letters):])
	if err != nil {
		return id
	}
	return letters + fmt.Sprintf("%02d", n)
}
