// Command reliability writes the figures of a run into the table of
// RELIABILITY.md: reliability FIGURES SIMULATED PAGE. What was not run (SIMULATED
// is - then) keeps its line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// run is one line of PARLEY_FIGURES.
type run struct {
	Test                                                              string
	Kills, Troubles, Chats, Acknowledged, Resent, Records, Violations int
	FirstOfferS                                                       float64 `json:"first_offer_s"`
}

const begin, end = "<!-- figures -->\n", "<!-- end of figures -->\n"

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: reliability FIGURES SIMULATED PAGE")
		os.Exit(2)
	}
	if err := update(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "reliability:", err)
		os.Exit(1)
	}
}

func update(figures, simulated, page string) error {
	rows, err := troubles(figures)
	if err != nil {
		return err
	}
	if simulated != "-" {
		row, err := world(simulated)
		if err != nil {
			return err
		}
		rows = append([]string{row}, rows...)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(begin))
	table, after, ended := bytes.Cut(rest, []byte(end))
	if !found || !ended {
		return fmt.Errorf("%s has no table between %q and %q", page, begin, end)
	}
	merged := merge(strings.SplitAfter(string(table), "\n"), rows)
	return os.WriteFile(page, slices.Concat(before, []byte(begin+merged+end), after), 0o644)
}

// merge puts new rows in the places of those with the same first cell.
func merge(old, fresh []string) string {
	cell := func(row string) string {
		return strings.Join(strings.SplitN(row, "|", 3)[:min(2, strings.Count(row, "|")+1)], "|")
	}
	for _, row := range fresh {
		at := slices.IndexFunc(old, func(o string) bool { return cell(o) == cell(row) })
		if at < 0 {
			at = len(old) - 1
			old = slices.Insert(old, at, "")
		}
		old[at] = row
	}
	return strings.Join(old, "")
}

// troubles are the rows of the tests against the real process.
func troubles(path string) (rows []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r run
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		what := fmt.Sprintf("%d troubles, %d kills; %d chats, %d commands acknowledged, %d sent again, %d records; %d lost, repeated or wrong",
			r.Troubles, r.Kills, r.Chats, r.Acknowledged, r.Resent, r.Records, r.Violations)
		if r.FirstOfferS > 0 {
			what = fmt.Sprintf("%d live chats, first offer %.2f s after the start of the process", r.Chats, r.FirstOfferS)
		}
		rows = append(rows, row(words(r.Test), what, share()+"go test -count=1 -run "+r.Test+" ./cmd/parley"))
	}
	return rows, nil
}

// share is how much of each trouble was asked for.
func share() string {
	if all := os.Getenv("PARLEY_CHAOS"); all != "" {
		return "PARLEY_CHAOS=" + all + " "
	}
	return ""
}

func row(what, shown, command string) string {
	return fmt.Sprintf("| %s | %s | %s | `%s` |\n", what, shown, time.Now().UTC().Format(time.DateOnly), command)
}

var capital = regexp.MustCompile(`[A-Z0-9]`)

// words makes a sentence of a test's name.
func words(test string) string {
	text := strings.TrimPrefix(test, "Test")
	text = strings.ToLower(strings.TrimSpace(capital.ReplaceAllString(text, " $0")))
	return strings.ToUpper(text[:1]) + text[1:]
}

var seeds = regexp.MustCompile(`^seeds (\d+) to (\d+), (\d+) events each`)

// world is the row of the simulator, from what it has printed.
func world(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var command, last string
	for line := range strings.Lines(string(text)) {
		if m := seeds.FindStringSubmatch(line); m != nil {
			command = "parley sim --seed " + m[1] + " --events " + m[3]
		}
		if strings.Contains(line, "simulated hours") {
			last = strings.TrimSpace(line)
		}
	}
	if command == "" || last == "" {
		return "", fmt.Errorf("%s is not what the simulator prints", path)
	}
	count, _, _ := strings.Cut(last, " ")
	return row("Simulated worlds", last+"; 0 violations", command+" --seeds "+count), nil
}
