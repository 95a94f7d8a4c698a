package manual

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// Man writes the page for section 1 of the manual, in the macros of man(7). Exits
// says what each exit code means, in order.
func Man(w io.Writer, app *kong.Application, version string, exits []string) error {
	page := &roff{}
	page.line(`.TH %s 1 "" "%s %s" "User Commands"`, strings.ToUpper(app.Name), app.Name, version)
	page.line(".SH NAME")
	page.line("%s \\- %s", roffText(app.Name), roffText(sentence(app.Help)))
	page.line(".SH SYNOPSIS")
	page.line(".B %s", roffText(app.Name))
	page.line(".I COMMAND")
	page.line("[\\fIARGUMENT\\fR]... [\\fIFLAG\\fR]...")
	page.line(".SH COMMANDS")
	for _, c := range commandsOf(app) {
		page.command(c)
	}
	page.line(".SH ENVIRONMENT")
	page.line("A flag that names a variable takes its value from there when it is not given.")
	page.line(".SH EXIT STATUS")
	for i, text := range exits {
		page.line(".TP\n.B %d", i)
		page.line("%s", roffText(text))
	}
	_, err := io.WriteString(w, page.String())
	return err
}

type roff struct{ strings.Builder }

func (r *roff) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *roff) command(c command) {
	r.line(".SS %s", roffText(usage(c)))
	r.line("%s", roffText(c.help))
	for _, a := range c.arguments {
		r.line(".TP\n.I %s", roffText(a.name))
		r.line("%s", roffText(a.help))
	}
	for _, f := range c.flags {
		r.line(".TP\n\\fB\\-\\-%s\\fR%s", roffText(f.name), valueOf(f))
		r.line("%s", roffText(f.help+variable(f)))
	}
}

// usage is a command with its arguments.
func usage(c command) string {
	text := c.name
	for _, a := range c.arguments {
		if a.optional {
			text += " [" + strings.ToUpper(a.name) + "]"
		} else {
			text += " " + strings.ToUpper(a.name)
		}
	}
	return text
}

func valueOf(f flag) string {
	if f.value == "" {
		return ""
	}
	return "=\\fI" + roffText(f.value) + "\\fR"
}

func variable(f flag) string {
	if f.env == "" {
		return ""
	}
	return " Environment: " + f.env + "."
}

// sentence is a help text as the NAME section wants it.
func sentence(text string) string { return strings.TrimSuffix(text, ".") }

// roffText keeps a text from being taken for a request.
func roffText(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
