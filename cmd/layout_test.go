// Package cmd_test holds the repository to its shape: who may import whom, how
// long a file and a function may be, what stands at the top, and that the
// rules in actors/acd stay pure.
package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	root         = ".." // of the repository, from here
	module       = "github.com/parley-engine/parley/"
	fileLines    = 500
	functionMost = 80
)

// may says which of our packages each of our packages may import, tests left
// out. A name that ends in /... is that folder and all below; a package that
// no row names may import none of ours.
var may = map[string]string{
	"cmd/...":                 "cmd/... transport transport/acme transport/outbound transport/traces transport/config transport/admin actors actors/acd actors/condition actors/cluster actors/theory actors/sim actors/sim/check persistence bench/... actors/report",
	"bench/...":               "bench/... transport/client transport/wire",
	"bench/floor":             "persistence",
	"transport/conform":       "transport/client transport/wire",
	"transport/client":        "transport/wire",
	"transport":               "actors actors/acd transport/wire transport/web",
	"transport/config":        "transport actors/acd actors/condition",
	"transport/outbound":      "actors actors/acd",
	"transport/traces":        "actors actors/acd",
	"transport/admin":         "transport transport/outbound transport/config transport/wire actors actors/acd actors/report",
	"actors/cluster":          "actors actors/acd",
	"actors/condition":        "actors/acd",
	"actors":                  "actors/acd actors/report",
	"actors/report":           "actors/acd",
	"actors/sim":              "actors actors/acd actors/sim/check",
	"actors/sim/check":        "actors actors/acd actors/report",
	"actors/theory":           "actors/acd",
	"persistence/journaltest": "persistence",
}

// behind says which of our packages may import a library at all, so that its
// types never spread.
var behind = map[string]string{
	"github.com/asynkron/protoactor-go": "actors",
	"github.com/anishathalye/porcupine": "actors/sim/check",
	"github.com/cockroachdb/pebble/v2":  "persistence persistence/journaltest",
	"github.com/alecthomas/kong":        "cmd/parley cmd/parley/manual",
	"github.com/expr-lang/expr":         "actors/condition",
	"github.com/goccy/go-yaml":          "transport/config transport/conform bench/profiles",
	"github.com/teambition/rrule-go":    "actors/acd",
	"github.com/danielgtaylor/huma/v2":  "transport/admin",
	"github.com/nats-io/nats.go":        "transport/outbound",
	"go.opentelemetry.io":               "transport/traces",
	"github.com/charmbracelet":          "cmd/parley cmd/parley/top",
	"github.com/prometheus":             "cmd/parley/top",
	"github.com/caddyserver/certmagic":  "transport/acme",
	"go.uber.org/zap":                   "transport/acme",
	"gocloud.dev/secrets":               "cmd/parley",
	"github.com/letsencrypt/pebble/v2":  "transport/acme/acmetest",
}

// soundParts are the packages of protoactor that may be used anywhere, tests
// included: the others lose or block messages.
var soundParts = []string{"github.com/asynkron/protoactor-go/actor", "github.com/asynkron/protoactor-go/eventstream"}

// atTop is what may stand at the top of the repository, beside dotfiles and
// what git ignores.
var atTop = strings.Fields(`actors transport persistence cmd bench
	go.mod go.sum README.md LICENSE CHANGELOG.md CONTRIBUTING.md`)

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// packages lists all of ours, those that do not build at the moment too.
func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list names %d packages only", len(all))
	}
	return all
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			if to, ours := strings.CutPrefix(imp, module); ours && !allowed(may, from, to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}

func TestTheTableOfImportsIsItselfRight(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"cmd/parley", "persistence", true},
		{"cmd/parley", "transport/config", true},
		{"cmd/parley", "transport/wire", false},
		{"actors", "persistence", false},
		{"actors", "actors/acd", true},
		{"actors/acd", "actors", false},
		{"actors/sim", "actors", true},
		{"actors", "actors/sim", false},
		{"actors/sim/check", "actors/sim", false},
		{"transport", "persistence", false},
		{"transport/wire", "actors/acd", false},
		{"transport/client", "transport", false},
		{"transport/conform", "transport", false},
		{"bench", "transport/client", true},
		{"bench", "actors", false},
		{"persistence", "actors", false},
		{"somewhere/new", "actors", false},
	} {
		if got := allowed(may, tt.from, tt.to); got != tt.want {
			t.Errorf("%s may import %s: %t, want %t", tt.from, tt.to, got, tt.want)
		}
	}
}

func allowed(table map[string]string, from, to string) bool {
	for row, targets := range table {
		if !within(from, row) {
			continue
		}
		for target := range strings.FieldsSeq(targets) {
			if within(to, target) {
				return true
			}
		}
	}
	return false
}

// within reports whether a package is the one of a pattern, or below it when
// the pattern ends in /...
func within(pkg, pattern string) bool {
	dir, below := strings.CutSuffix(pattern, "/...")
	return pkg == dir || below && strings.HasPrefix(pkg, dir+"/")
}

func TestLibrariesStayBehindTheirPackage(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			for library, by := range behind {
				if within(imp, library+"/...") && !slices.Contains(strings.Fields(by), from) {
					t.Errorf("%s must not import %s: only %s may", from, imp, by)
				}
			}
		}
	}
}

func TestOnlyTheSoundPartsOfProtoactorAreUsed(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if strings.HasPrefix(imp, "github.com/asynkron/") && !slices.Contains(soundParts, imp) {
				t.Errorf("%s must not import %s: only %s are sound", p.ImportPath, imp, strings.Join(soundParts, " and "))
			}
		}
	}
}

func TestOnlyWhatBelongsThereStandsAtTheTop(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ignored := ignorePatterns(t)
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(atTop, name) {
			continue
		}
		if !slices.ContainsFunc(ignored, func(p string) bool { ok, _ := path.Match(p, name); return ok }) {
			t.Errorf("%s must not stand at the top of the repository", name)
		}
	}
}

// ignorePatterns are the lines of .gitignore, without their slashes.
func ignorePatterns(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		if line = strings.Trim(line, "/ \n"); line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns
}

func TestNoFileAndNoFunctionIsTooLong(t *testing.T) {
	seen := 0
	for file := range sources(t) {
		seen++
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > fileLines {
			t.Errorf("%s has %d lines, at most %d", file, lines, fileLines)
		}
		positions := token.NewFileSet()
		tree, err := parser.ParseFile(positions, file, text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for _, decl := range tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				if lines := length(positions, fn); lines > functionMost {
					t.Errorf("%s: %s has %d lines, at most %d", positions.Position(fn.Pos()), fn.Name.Name, lines, functionMost)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d files were looked at", seen)
	}
}

func length(positions *token.FileSet, fn *ast.FuncDecl) int {
	return positions.Position(fn.End()).Line - positions.Position(fn.Pos()).Line + 1
}

// sources yields our Go files, without tests and without what was generated.
func sources(t *testing.T) func(func(string) bool) {
	return func(yield func(string) bool) {
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := d.Name()
			if d.IsDir() {
				if file != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
					return fs.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !generated(t, file) && !yield(file) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func generated(t *testing.T, file string) bool {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, _ := bufio.NewReader(f).ReadString('\n')
	return strings.HasPrefix(first, "// Code generated ") && strings.HasSuffix(first, " DO NOT EDIT.\n")
}
