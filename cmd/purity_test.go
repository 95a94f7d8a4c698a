package cmd_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pureImports is all that the rules may import: no clock behind it, no chance,
// no file, no network. rrule counts the days of a rule that is given where it begins.
var pureImports = strings.Fields(`bytes cmp container/heap container/list encoding/binary errors fmt hash/fnv iter
	maps math math/bits slices sort strconv strings time unicode unicode/utf8
	github.com/teambition/rrule-go`)

// impure are the functions, methods and variables of those packages that look
// at the world all the same.
var impure = map[string]string{
	"time": "time.Now time.Since time.Until time.After time.AfterFunc time.Sleep time.Tick time.NewTimer time.NewTicker " +
		"time.Local (time.Time).Local time.LoadLocation",
	"fmt": "fmt.Print fmt.Printf fmt.Println fmt.Scan fmt.Scanf fmt.Scanln fmt.Fscan fmt.Fscanf fmt.Fscanln",
}

// purity looks for what makes a decision depend on anything but its input.
type purity struct {
	files  []*ast.File
	at     *token.FileSet
	info   *types.Info
	pkg    *types.Package
	speaks map[*types.Func]bool // builds events, news or sends, itself or through others
	found  []finding

	settled map[*ast.CallExpr]bool // collect a map into a slice that is sorted later
}

type finding struct {
	where token.Position
	what  string
}

func (f finding) String() string { return fmt.Sprintf("%s: %s", f.where, f.what) }

// inspect checks the files of one package and returns what is impure in it.
func inspect(at *token.FileSet, files []*ast.File) ([]finding, error) {
	exports, err := exportData(files)
	if err != nil {
		return nil, err
	}
	p := &purity{files: files, at: at, settled: map[*ast.CallExpr]bool{}, info: &types.Info{
		Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
	}}
	check := types.Config{Importer: importer.ForCompiler(at, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	pkg, err := check.Check("acd", at, files, p.info)
	if err != nil {
		return nil, err
	}
	p.pkg = pkg
	p.findSpeakers()
	for _, file := range files {
		p.imports(file)
		ast.Inspect(file, p.node)
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				p.order(fn)
			}
		}
	}
	slices.SortFunc(p.found, func(a, b finding) int {
		return cmp.Or(strings.Compare(a.where.Filename, b.where.Filename), cmp.Compare(a.where.Offset, b.where.Offset))
	})
	return p.found, nil
}

// exportData asks the go command for the compiled form of what files import.
func exportData(files []*ast.File) (map[string]string, error) {
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}
	for _, file := range files {
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			args = append(args, name)
		}
	}
	list := exec.Command("go", args...)
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -export: %w", err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[name] = file
	}
	return exports, nil
}

func (p *purity) say(n ast.Node, format string, args ...any) {
	p.found = append(p.found, finding{p.at.Position(n.Pos()), fmt.Sprintf(format, args...)})
}

func (p *purity) imports(file *ast.File) {
	for _, spec := range file.Imports {
		if name, _ := strconv.Unquote(spec.Path.Value); !slices.Contains(pureImports, name) {
			p.say(spec, "import of %s", name)
		}
	}
}

// node judges one node by itself.
func (p *purity) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		p.say(n, "go statement")
	case *ast.SelectStmt:
		p.say(n, "select statement")
	case *ast.ChanType:
		p.say(n, "channel")
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			p.written(left)
		}
	case *ast.IncDecStmt:
		p.written(n.X)
	case *ast.Ident:
		p.used(n)
	}
	return true
}

// used judges a name by what it stands for, however it was imported.
func (p *purity) used(id *ast.Ident) {
	switch obj := p.info.Uses[id].(type) {
	case *types.Builtin:
		if obj.Name() == "print" || obj.Name() == "println" {
			p.say(id, "builtin %s", obj.Name())
		}
	case *types.Func:
		p.outside(id, obj, obj.FullName())
	case *types.Var:
		if obj.Pkg() != nil {
			p.outside(id, obj, obj.Pkg().Path()+"."+obj.Name())
		}
	}
}

func (p *purity) outside(id *ast.Ident, obj types.Object, full string) {
	if obj.Pkg() != nil && slices.Contains(strings.Fields(impure[obj.Pkg().Path()]), full) {
		p.say(id, "%s", full)
	}
}

// written finds assignments to variables of the package: a memory that no
// journal has.
func (p *purity) written(left ast.Expr) {
	for {
		switch l := left.(type) {
		case *ast.SelectorExpr:
			left = l.X
		case *ast.IndexExpr:
			left = l.X
		case *ast.StarExpr:
			left = l.X
		case *ast.ParenExpr:
			left = l.X
		case *ast.Ident:
			if v, ok := p.info.Uses[l].(*types.Var); ok && v.Parent() == p.pkg.Scope() {
				p.say(l, "write to the package's variable %s", v.Name())
			}
			return
		default:
			return
		}
	}
}

// callee returns the declared function or method that is called, nil if it is
// a value, a builtin or a conversion.
func (p *purity) callee(call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	var id *ast.Ident
	switch f := fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return nil
	}
	fn, _ := p.info.Uses[id].(*types.Func)
	if fn != nil {
		fn = fn.Origin()
	}
	return fn
}

func TestTheRulesArePure(t *testing.T) {
	dir := filepath.Join(root, "actors", "acd")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	at := token.NewFileSet()
	var files []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(at, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	found, err := inspect(at, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// TestThePurityCheckFindsWhatIsPlanted holds the checker itself: it must find
// each line of the planted source that says want, and no other.
func TestThePurityCheckFindsWhatIsPlanted(t *testing.T) {
	const name = "testdata/impure.go.txt"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	at := token.NewFileSet()
	file, err := parser.ParseFile(at, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found, err := inspect(at, []*ast.File{file})
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	for _, f := range found {
		got[f.where.Line] += f.what
	}
	line, planted := 0, 0
	for source := range strings.Lines(string(text)) {
		line++
		_, want, has := strings.Cut(strings.TrimSpace(source), "// want ")
		if has {
			planted++
		}
		if want != got[line] {
			t.Errorf("line %d: found %q, want %q", line, got[line], want)
		}
	}
	if planted < 20 {
		t.Errorf("only %d lines are planted", planted)
	}
}
