package manual

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Shells are those that there is a completion for.
var Shells = []string{"bash", "zsh", "fish"}

// Completion writes the completion for a shell.
func Completion(w io.Writer, app *kong.Application, shell string) error {
	var text string
	switch shell {
	case "bash":
		text = bash(app.Name, commandsOf(app))
	case "zsh":
		text = zsh(app.Name, commandsOf(app))
	case "fish":
		text = fish(app.Name, commandsOf(app))
	default:
		return fmt.Errorf("no completion for %q, expected one of %s", shell, strings.Join(Shells, ", "))
	}
	_, err := io.WriteString(w, text)
	return err
}

func names(all []command) string {
	var list []string
	for _, c := range all {
		list = append(list, c.name)
	}
	return strings.Join(list, " ")
}

// bash needs no helper of any other package.
func bash(program string, all []command) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, `# bash completion of %[1]s; made by "%[1]s completion bash"
_%[1]s() {
  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in -*) ;; *) command=$word; break ;; esac
  done
  if [ "$before" = "=" ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
  if [ "$cur" = "=" ]; then cur=; fi
  case "$command $before" in
`, program)
	for _, c := range all {
		for _, f := range c.flags {
			switch {
			case len(f.choices) > 0:
				fmt.Fprintf(b, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", c.name+" --"+f.name, strings.Join(f.choices, " "))
			case isPath(f.value):
				fmt.Fprintf(b, "    %q) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", c.name+" --"+f.name)
			case f.value != "":
				fmt.Fprintf(b, "    %q) COMPREPLY=(); return ;;\n", c.name+" --"+f.name)
			}
		}
	}
	fmt.Fprintf(b, "  esac\n  case $command in\n    \"\") COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", names(all)+" --help")
	for _, c := range all {
		flags := "--help"
		for _, f := range c.flags {
			flags += " --" + f.name
		}
		files := ""
		for _, a := range c.arguments {
			if isPath(a.name) {
				files = " -f"
			}
		}
		fmt.Fprintf(b, "    %s) COMPREPLY=($(compgen%s -W %q -- \"$cur\")) ;;\n", c.name, files, flags)
	}
	fmt.Fprintf(b, "  esac\n}\ncomplete -F _%[1]s %[1]s\n", program)
	return b.String()
}

func zsh(program string, all []command) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, `#compdef %[1]s
# zsh completion of %[1]s; made by "%[1]s completion zsh"
_%[1]s() {
  local context state line
  _arguments -C '1: :->command' '*:: :->rest' && return
  case $state in
  command)
    local -a commands=(
`, program)
	for _, c := range all {
		fmt.Fprintf(b, "      %s\n", single(c.name+":"+strings.ReplaceAll(c.help, ":", `\:`)))
	}
	fmt.Fprintf(b, "    )\n    _describe command commands ;;\n  rest)\n    case $words[1] in\n")
	for _, c := range all {
		fmt.Fprintf(b, "    %s)\n      _arguments \\\n", c.name)
		for _, f := range c.flags {
			fmt.Fprintf(b, "        %s \\\n", single(zshFlag(f)))
		}
		for _, a := range c.arguments {
			action := ""
			if isPath(a.name) {
				action = "_files"
			}
			fmt.Fprintf(b, "        %s \\\n", single(":"+a.name+":"+action))
		}
		fmt.Fprintf(b, "        '--help[Say what the command does.]' ;;\n")
	}
	fmt.Fprintf(b, "    esac ;;\n  esac\n}\n_%[1]s \"$@\"\n", program)
	return b.String()
}

func zshFlag(f flag) string {
	text := "--" + f.name
	if f.value != "" {
		text += "="
	}
	text += "[" + strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace(f.help) + "]"
	switch {
	case len(f.choices) > 0:
		text += ":" + f.value + ":(" + strings.Join(f.choices, " ") + ")"
	case isPath(f.value):
		text += ":" + f.value + ":_files"
	case f.value != "":
		text += ":" + f.value + ":"
	}
	return text
}

func fish(program string, all []command) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "# fish completion of %[1]s; made by \"%[1]s completion fish\"\ncomplete -c %[1]s -f\n", program)
	for _, c := range all {
		fmt.Fprintf(b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", program, c.name, single(c.help))
	}
	for _, c := range all {
		when := single("__fish_seen_subcommand_from " + c.name)
		for _, a := range c.arguments {
			if isPath(a.name) {
				fmt.Fprintf(b, "complete -c %s -n %s -F\n", program, when)
			}
		}
		for _, f := range c.flags {
			line := fmt.Sprintf("complete -c %s -n %s -l %s -d %s", program, when, f.name, single(f.help))
			switch {
			case len(f.choices) > 0:
				line += " -x -a " + single(strings.Join(f.choices, " "))
			case isPath(f.value):
				line += " -r -F"
			case f.value != "":
				line += " -x"
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// single quotes a text for a shell.
func single(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
