package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// swaps are the changes of one operator.
var swaps = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL,
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.LAND: token.LOR, token.LOR: token.LAND,
	token.SUB: token.ADD,
}

// draw makes random bugs: an operator turned into its neighbour, a statement
// that calls or assigns left out, or a condition turned round.
func draw(o options) ([]bug, error) {
	files, err := filepath.Glob(filepath.Join(o.root, o.within, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []bug
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found, err := changes(o.root, file)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	dice := rand.New(rand.NewPCG(o.seed, 2))
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	fmt.Printf("%d of %d changes of one operator in %s, seed %d\n", min(o.random, len(all)), len(all), o.within, o.seed)
	return all[:min(o.random, len(all))], nil
}

// changes are all the bugs that can be drawn in one file.
func changes(root, file string) ([]bug, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, text, 0)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return nil, err
	}
	var all []bug
	add := func(from, to token.Pos, is string) {
		a, b := fset.Position(from), fset.Position(to)
		was := string(text[a.Offset:b.Offset])
		all = append(all, bug{
			name: fmt.Sprintf("%s:%d:%d", filepath.Base(file), a.Line, a.Column), file: filepath.ToSlash(name),
			breaks: fmt.Sprintf("%q becomes %q", first(was), is),
			is:     is, from: a.Offset, to: b.Offset,
			changed: string(text[:a.Offset]) + is + string(text[b.Offset:]),
		})
	}
	whole := statements(tree)
	// What is left out stays in the text, so that what it uses is used.
	leaveOut := func(n ast.Stmt) {
		if whole[n] {
			add(n.Pos(), n.End(), "if false { "+string(text[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])+" }")
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if to, ok := swaps[n.Op]; ok {
				add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), to.String())
			}
		case *ast.IfStmt:
			cond := string(text[fset.Position(n.Cond.Pos()).Offset:fset.Position(n.Cond.End()).Offset])
			add(n.Cond.Pos(), n.Cond.End(), "!("+cond+")")
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok && !isPanic(call) {
				leaveOut(n)
			}
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN {
				leaveOut(n)
			}
		}
		return true
	})
	return all, nil
}

// statements are those that stand on their own, not in the head of an if.
func statements(tree *ast.File) map[ast.Stmt]bool {
	whole := map[ast.Stmt]bool{}
	note := func(list []ast.Stmt) {
		for _, s := range list {
			whole[s] = true
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			note(n.List)
		case *ast.CaseClause:
			note(n.Body)
		}
		return true
	})
	return whole
}

func isPanic(call *ast.CallExpr) bool {
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "panic"
}

func first(s string) string {
	line, _, more := strings.Cut(s, "\n")
	if more {
		line += " …"
	}
	return line
}
