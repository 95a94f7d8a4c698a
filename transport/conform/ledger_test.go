package conform

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// ledger is ledger.yaml.
type ledger struct {
	Rows       []ledgerRow         `yaml:"rows"`
	Open       map[int]string      `yaml:"open"`
	Acceptance map[string]Evidence `yaml:"acceptance"`
}

// ledgerRow is one row of what the product must do.
type ledgerRow struct {
	Row   int    `yaml:"row"`
	Class string `yaml:"class"` // M, B or none
	Title string `yaml:"title"`
	// OffWire is why no scenario can show it; "" is that one can.
	OffWire  string `yaml:"off_wire"`
	Evidence `yaml:",inline"`
}

// Evidence is what shows something.
type Evidence struct {
	Scenarios []string `yaml:"scenarios"`
	Tests     []string `yaml:"tests"`
}

// rowsInAll is how many rows there are.
const rowsInAll = 116

func readLedger(t *testing.T) ledger {
	t.Helper()
	text, err := os.ReadFile("ledger.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var l ledger
	if err := yaml.UnmarshalWithOptions(text, &l, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestEveryRowIsShownByWhatTheLedgerNames holds the ledger against the scenario
// files and the tests, and prints what nothing shows yet.
func TestEveryRowIsShownByWhatTheLedgerNames(t *testing.T) {
	l, all := readLedger(t), allScenarios(t)
	if len(l.Rows) != rowsInAll {
		t.Errorf("%d rows, expected %d", len(l.Rows), rowsInAll)
	}
	for i, r := range l.Rows {
		if r.Row != i+1 || r.Title == "" || !slices.Contains([]string{"M", "B", "none"}, r.Class) {
			t.Errorf("row %d stands in the place of %d, %q of class %q", r.Row, i+1, r.Title, r.Class)
		}
		r.check(t, l.Open[r.Row], all)
	}
	for _, row := range slices.Sorted(maps.Keys(l.Open)) {
		if row < 1 || row > len(l.Rows) {
			t.Errorf("row %d is open, and there is none", row)
			continue
		}
		t.Logf("open: row %d, %s (%s): %s", row, l.Rows[row-1].Title, l.Rows[row-1].Class, l.Open[row])
	}
}

// check holds one row to what is asked of its class.
func (r ledgerRow) check(t *testing.T, open string, all map[string]*Scenario) {
	t.Helper()
	empty := len(r.Scenarios)+len(r.Tests) == 0
	switch {
	case open != "" && !empty:
		t.Errorf("row %d is shown; strike it off what is open", r.Row)
	case open == "" && empty:
		t.Errorf("nothing shows row %d, %s, and it is not among what is open", r.Row, r.Title)
	case open == "" && r.Class == "M" && r.OffWire == "" && len(r.Scenarios) == 0:
		t.Errorf("no scenario shows row %d, %s, and nothing says why the wire cannot", r.Row, r.Title)
	}
	r.exist(t, fmt.Sprint("row ", r.Row), all)
	id := strconv.Itoa(r.Row)
	for path, s := range all {
		name := strings.TrimSuffix(path, ".yaml")
		if has, says := slices.Contains(r.Scenarios, name), slices.Contains(s.Rows, id); has != says {
			t.Errorf("row %d and %s disagree: ledger %t, the scenario's header %t", r.Row, path, has, says)
		}
	}
}

// exist holds that every file and every test is there.
func (s Evidence) exist(t *testing.T, what string, all map[string]*Scenario) {
	t.Helper()
	for _, name := range s.Scenarios {
		if all[name+".yaml"] == nil {
			t.Errorf("%s: there is no scenario %s.yaml", what, name)
		}
	}
	for _, named := range s.Tests {
		folder, name, _ := strings.Cut(named, " ")
		if !hasTest(t, filepath.Join("../..", folder), name) {
			t.Errorf("%s: there is no test %q in %s", what, name, folder)
		}
	}
}

// TestEveryAcceptanceScenarioIsShown holds S1 to S18 to files that begin with
// their name, and to tests for the two that the wire cannot show.
func TestEveryAcceptanceScenarioIsShown(t *testing.T) {
	l, all := readLedger(t), allScenarios(t)
	for n := 1; n <= 18; n++ {
		name := fmt.Sprint("S", n)
		s := l.Acceptance[name]
		if len(s.Scenarios)+len(s.Tests) == 0 {
			t.Errorf("nothing shows %s", name)
		}
		s.exist(t, name, all)
		for path, scenario := range all {
			file := strings.TrimSuffix(path, ".yaml")
			if has, says := slices.Contains(s.Scenarios, file), strings.HasPrefix(scenario.Name, name+" "); has != says {
				t.Errorf("%s and %s disagree: ledger %t, the scenario's name %t", name, path, has, says)
			}
		}
	}
	if len(l.Acceptance) != 18 {
		t.Errorf("%d acceptance scenarios, expected 18", len(l.Acceptance))
	}
}

// tests are the names of the tests of folders that have been looked at.
var tests = map[string]map[string]bool{}

// hasTest looks for a Go test, or for a story of the browser by how its name
// begins.
func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	if stories, _ := filepath.Glob(filepath.Join(folder, "*.test.mjs")); len(stories) > 0 {
		return slices.ContainsFunc(stories, func(path string) bool {
			text, err := os.ReadFile(path)
			return err == nil && strings.Contains(string(text), "\ntest('"+name)
		})
	}
	if tests[folder] == nil {
		tests[folder] = testsIn(t, folder)
	}
	return tests[folder][name]
}

func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
