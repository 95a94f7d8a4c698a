package cmd_test

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// ofMap reports whether ranging over x goes in a map's order.
func (p *purity) ofMap(x ast.Expr) bool {
	if t := p.info.TypeOf(x); t != nil {
		if _, ok := t.Underlying().(*types.Map); ok {
			return true
		}
	}
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := p.callee(call)
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "maps" && slices.Contains([]string{"Keys", "Values", "All"}, fn.Name())
}

// order judges what one function takes out of maps.
func (p *purity) order(fn *ast.FuncDecl) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if p.ofMap(n.X) {
				p.loop(n, fn)
			}
		case *ast.AssignStmt:
			p.settle(n, fn)
		case *ast.CallExpr:
			if p.collects(n) && !p.settled[n] {
				p.say(n, "a map's order in a slice")
			}
		}
		return true
	})
}

// collects reports whether a call makes a slice in a map's order.
func (p *purity) collects(call *ast.CallExpr) bool {
	f := p.callee(call)
	return f != nil && (f.FullName() == "slices.Collect" || f.FullName() == "slices.AppendSeq") && p.ofMap(call.Args[len(call.Args)-1])
}

// settle notes the calls that collect into a slice which is sorted later.
func (p *purity) settle(s *ast.AssignStmt, fn *ast.FuncDecl) {
	for i, right := range s.Rhs {
		if call, ok := right.(*ast.CallExpr); ok && len(s.Lhs) == len(s.Rhs) && p.sortedAfter(types.ExprString(s.Lhs[i]), s, fn) {
			p.settled[call] = true
		}
	}
}

func (p *purity) loop(loop *ast.RangeStmt, fn *ast.FuncDecl) {
	if p.tells(loop.Body) {
		p.say(loop, "events, news or sends in a map's order")
		return
	}
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if list := p.appended(n, loop); list != "" && !p.sortedAfter(list, loop, fn) {
				p.say(n, "a map's order in the slice %s", list)
			}
		case *ast.ReturnStmt:
			if p.mentions(n, loop) && !p.verdict(fn) {
				p.say(n, "the first that a map happens to give")
			}
		}
		return true
	})
}

// verdict reports whether a function returns nothing but an error: that may
// name any of several offenders.
func (p *purity) verdict(fn *ast.FuncDecl) bool {
	results := p.info.Defs[fn.Name].(*types.Func).Signature().Results()
	return results.Len() == 1 && types.Identical(results.At(0).Type(), types.Universe.Lookup("error").Type())
}

// appended returns the slice of the world outside the loop that a statement
// appends to.
func (p *purity) appended(s *ast.AssignStmt, loop *ast.RangeStmt) string {
	for i, right := range s.Rhs {
		call, ok := right.(*ast.CallExpr)
		if !ok || len(s.Lhs) != len(s.Rhs) {
			continue
		}
		if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "append" {
			continue
		}
		if id, ok := s.Lhs[i].(*ast.Ident); ok {
			if obj := cmp.Or(p.info.Uses[id], p.info.Defs[id]); obj != nil && inside(obj.Pos(), loop) {
				continue
			}
		}
		return types.ExprString(s.Lhs[i])
	}
	return ""
}

// sortedAfter reports whether the slice is put in order later in the function.
func (p *purity) sortedAfter(list string, after ast.Node, fn *ast.FuncDecl) bool {
	sorted := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() < after.End() || len(call.Args) == 0 {
			return true
		}
		if f := p.callee(call); f != nil && f.Pkg() != nil && types.ExprString(call.Args[0]) == list {
			sorts := f.Pkg().Path() == "sort" || f.Pkg().Path() == "slices" && strings.HasPrefix(f.Name(), "Sort")
			sorted = sorted || sorts
		}
		return true
	})
	return sorted
}

// mentions reports whether a node names the key or the value of the loop.
func (p *purity) mentions(n ast.Node, loop *ast.RangeStmt) bool {
	yes := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			for _, v := range []ast.Expr{loop.Key, loop.Value} {
				if v, ok := v.(*ast.Ident); ok && p.info.Defs[v] != nil && p.info.Uses[id] == p.info.Defs[v] {
					yes = true
				}
			}
		}
		return true
	})
	return yes
}

func inside(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

// findSpeakers marks the functions that build what others hear, until no more
// are found through calls.
func (p *purity) findSpeakers() {
	p.speaks = map[*types.Func]bool{}
	for more := true; more; {
		more = false
		for _, file := range p.files {
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				obj := p.info.Defs[fn.Name].(*types.Func)
				if !p.speaks[obj] && p.tells(fn.Body) {
					p.speaks[obj], more = true, true
				}
			}
		}
	}
}

// tells reports whether a piece of code builds an event, news or a send, or
// calls what does.
func (p *purity) tells(body ast.Node) bool {
	yes := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			yes = yes || p.heard(p.info.TypeOf(n))
		case *ast.CallExpr:
			fn := p.callee(n)
			yes = yes || fn != nil && p.speaks[fn]
		}
		return !yes
	})
	return yes
}

// heard reports whether values of the type leave the machine.
func (p *purity) heard(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() != p.pkg {
		return false
	}
	if name := named.Obj().Name(); name == "News" || name == "Send" {
		return true
	}
	method, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), true, p.pkg, "event")
	_, ok = method.(*types.Func)
	return ok
}
