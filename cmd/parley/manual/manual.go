// Package manual writes the program's man page and its shell completions from
// the grammar of its command line, so that they say what the program does.
package manual

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// command is one of the program's, or the program itself, as all pages need it.
type command struct {
	name, help string
	flags      []flag
	arguments  []argument
}

type flag struct {
	name, help, value, env string
	choices                []string
	required               bool
}

type argument struct {
	name, help string
	optional   bool
}

// commandsOf lists the commands of a grammar, hidden ones left out.
func commandsOf(app *kong.Application) (all []command) {
	for _, node := range app.Children {
		if node.Hidden || node.Type != kong.CommandNode {
			continue
		}
		c := command{name: node.Name, help: node.Help, flags: flagsOf(node.Flags)}
		for _, p := range node.Positional {
			c.arguments = append(c.arguments, argument{p.Name, p.Help, !p.Required})
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b command) int { return strings.Compare(a.name, b.name) })
	return all
}

func flagsOf(list []*kong.Flag) (all []flag) {
	for _, f := range list {
		if f.Hidden {
			continue
		}
		one := flag{name: f.Name, help: f.Help, env: strings.Join(f.Envs, " "), required: f.Required}
		if f.Enum != "" {
			one.choices = f.EnumSlice()
		}
		if !f.IsBool() {
			one.value = cmp.Or(f.PlaceHolder, strings.ToUpper(f.Name))
		}
		all = append(all, one)
	}
	return all
}

// isPath guesses by what stands for a value whether it is a file's name.
func isPath(value string) bool {
	switch strings.ToUpper(value) {
	case "FILE", "DIR", "PLACE", "PATH", "FOLDER":
		return true
	}
	return false
}
