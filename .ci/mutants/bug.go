package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// bug is one change of one file.
type bug struct {
	name   string
	file   string // in the repository
	breaks string
	by     []string // who should find it, the quickest first
	was    string   // stands in the file exactly once
	is     string

	from, to int    // where in the file
	changed  string // the whole file with the bug in it
}

// read takes a list apart. A bug is
//
//	bug NAME
//	file PATH
//	breaks WHAT IT BREAKS
//	by PACKAGE TESTS   or: by sim SEEDS   (any number)
//	was
//		LINES
//	is
//		LINES
//
// with one tab, which does not count, before each line of Go. Lines that begin
// with # are remarks.
func read(path string) ([]bug, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var bugs []bug
	var into *string
	for n, line := range strings.Split(string(text), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if word == "bug" {
			bugs, into = append(bugs, bug{name: rest}), nil
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(bugs) == 0 {
			return nil, fmt.Errorf("%s:%d: expected a line that begins with bug", path, n+1)
		}
		b := &bugs[len(bugs)-1]
		code, indented := strings.CutPrefix(line, "\t")
		switch {
		case indented && into != nil:
			*into += code + "\n"
		case word == "file":
			b.file = rest
		case word == "breaks":
			b.breaks = rest
		case word == "by":
			b.by = append(b.by, rest)
		case line == "was":
			into = &b.was
		case line == "is":
			into = &b.is
		default:
			return nil, fmt.Errorf("%s:%d: expected bug, file, breaks, by, was, is or a line of Go after a tab, got %q", path, n+1, line)
		}
	}
	return bugs, nil
}

// apply makes the changed file. What a bug replaces has to be there exactly
// once: a list that has drifted away from the code must not pass.
func (b *bug) apply(root string) error {
	switch {
	case b.file == "" || b.breaks == "" || b.was == "":
		return fmt.Errorf("bug %s: expected a file, what it breaks and what was there", b.name)
	case b.was == b.is:
		return fmt.Errorf("bug %s changes nothing", b.name)
	}
	text, err := os.ReadFile(filepath.Join(root, b.file))
	if err != nil {
		return fmt.Errorf("bug %s: %w", b.name, err)
	}
	was, is := strings.TrimSuffix(b.was, "\n"), strings.TrimSuffix(b.is, "\n")
	if n := strings.Count(string(text), was); n != 1 {
		return fmt.Errorf("bug %s does not apply: what it replaces stands %d times in %s, expected once", b.name, n, b.file)
	}
	b.from = strings.Index(string(text), was)
	b.to = b.from + len(was)
	b.is = is
	b.changed = string(text[:b.from]) + is + string(text[b.to:])
	return nil
}
