package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// switchName is the environment's word for which bug is on.
const switchName = "PARLEY_BUG"

// together is a build of the tree that has all bugs in it, each asleep until the
// environment names it: to build once and run often is what makes a long list
// affordable. The function that a bug is in stands there twice, as it is and as
// it would be, and the first asks whether to call the second.
type together struct {
	overlay string
	dir     string          // of the built programs
	holds   map[string]bool // the bugs that are in it

	building sync.Mutex
	built    map[string]string // test programs by package, and the simulator under ""
	sound    map[string]bool   // whether an asker comes to an end without a bug
}

// woven is one file on its way into the build.
type woven struct {
	text  []byte
	tree  *ast.File
	fset  *token.FileSet
	heads map[*ast.FuncDecl]string // what goes in front of its body
	tail  strings.Builder
}

// weave puts all bugs that it can into one overlay. Who is in no function, or in
// one that does not name what it is given, is planted alone.
func weave(root, dir string, bugs []bug) (*together, error) {
	t := &together{dir: dir, holds: map[string]bool{}, built: map[string]string{}, sound: map[string]bool{}}
	files := map[string]*woven{}
	names := map[string][]string{} // of the bugs, by package folder
	for _, b := range bugs {
		w := files[b.file]
		if w == nil {
			text, err := os.ReadFile(filepath.Join(root, b.file))
			if err != nil {
				return nil, err
			}
			w = &woven{text: text, fset: token.NewFileSet(), heads: map[*ast.FuncDecl]string{}}
			if w.tree, err = parser.ParseFile(w.fset, b.file, text, parser.SkipObjectResolution); err != nil {
				return nil, err
			}
			files[b.file] = w
		}
		pkg := path.Dir(b.file)
		n := len(names[pkg])
		if w.add(b, n) {
			names[pkg] = append(names[pkg], b.name)
			t.holds[b.name] = true
		}
	}
	return t, t.write(root, dir, files, names)
}

func (t *together) write(root, dir string, files map[string]*woven, names map[string][]string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	replace := map[string]string{}
	put := func(name, text string) error {
		where, err := filepath.Abs(filepath.Join(root, name))
		if err != nil {
			return err
		}
		replace[where] = filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		return os.WriteFile(replace[where], []byte(text), 0o600)
	}
	packages := map[string]string{}
	for name, w := range files {
		packages[path.Dir(name)] = w.tree.Name.Name
		if err := put(name, w.String()); err != nil {
			return err
		}
	}
	for pkg, list := range names {
		var b strings.Builder
		fmt.Fprintf(&b, "package %s\n\nimport \"os\"\n\nvar (\n", packages[pkg])
		for i, name := range list {
			fmt.Fprintf(&b, "\tplanted%d = os.Getenv(%q) == %q\n", i, switchName, name)
		}
		b.WriteString(")\n")
		if err := put(pkg+"/planted_bugs.go", b.String()); err != nil {
			return err
		}
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return err
	}
	t.overlay = filepath.Join(dir, "overlay.json")
	return os.WriteFile(t.overlay, text, 0o600)
}

// add puts a bug beside the function that it is in; false if it cannot.
func (w *woven) add(b bug, n int) bool {
	at := func(p token.Pos) int { return w.fset.Position(p).Offset }
	for _, d := range w.tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil || b.from <= at(f.Body.Lbrace) || b.to > at(f.End()) {
			continue
		}
		call, ok := w.call(f, n)
		if !ok {
			return false
		}
		w.heads[f] += call
		name := at(f.Name.End())
		fmt.Fprintf(&w.tail, "\n%s_%d%s%s%s\n", w.text[at(f.Type.Func):name], n, w.text[name:b.from], b.is, w.text[b.to:at(f.End())])
		return true
	}
	return false
}

// call is the line that calls the other one of two functions.
func (w *woven) call(f *ast.FuncDecl, n int) (string, bool) {
	name := fmt.Sprintf("%s_%d", f.Name.Name, n)
	if f.Recv != nil {
		if len(f.Recv.List[0].Names) == 0 {
			return "", false
		}
		name = f.Recv.List[0].Names[0].Name + "." + name
	}
	var args []string
	for _, p := range f.Type.Params.List {
		if len(p.Names) == 0 {
			return "", false
		}
		for _, id := range p.Names {
			arg := id.Name
			if arg == "_" {
				return "", false
			}
			if _, more := p.Type.(*ast.Ellipsis); more {
				arg += "..."
			}
			args = append(args, arg)
		}
	}
	call := name + "(" + strings.Join(args, ", ") + ")"
	if f.Type.Results != nil && len(f.Type.Results.List) > 0 {
		return fmt.Sprintf(" if planted%d { return %s };", n, call), true
	}
	return fmt.Sprintf(" if planted%d { %s; return };", n, call), true
}

// String is the file with the bugs in it.
func (w *woven) String() string {
	type insert struct {
		at   int
		text string
	}
	var all []insert
	for f, head := range w.heads {
		all = append(all, insert{w.fset.Position(f.Body.Lbrace).Offset + 1, head})
	}
	slices.SortFunc(all, func(a, b insert) int { return a.at - b.at })
	var out strings.Builder
	done := 0
	for _, i := range all {
		out.Write(w.text[done:i.at])
		out.WriteString(i.text)
		done = i.at
	}
	out.Write(w.text[done:])
	out.WriteString(w.tail.String())
	return out.String()
}

// program builds the tests of a package with all bugs in them, or the simulator
// for "", once.
func (t *together) program(ctx context.Context, o options, pkg string) (string, error) {
	t.building.Lock()
	defer t.building.Unlock()
	if p := t.built[pkg]; p != "" {
		return p, nil
	}
	p := filepath.Join(t.dir, "run_"+strings.ReplaceAll(pkg, "/", "_"))
	args := []string{"test", "-c", "-vet", "off", "-overlay", t.overlay, "-o", p, "./" + pkg}
	if pkg == "" {
		args = []string{"build", "-overlay", t.overlay, "-o", p, "./cmd/parley"}
	}
	if out, err := goTool(ctx, o, buildLimit, args...); err != nil {
		return "", fmt.Errorf("build %s with all bugs in it: %w\n%s", pkg, err, out)
	}
	t.built[pkg] = p
	return p, nil
}
