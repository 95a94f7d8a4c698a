package security_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the matrix into ../SECURITY.md")

const (
	page  = "../SECURITY.md"
	begin = "<!-- the matrix, written by go test ./transport/security -update -->\n"
	end   = "<!-- the end of the matrix -->\n"
)

func TestSecurityPageShowsTheMatrixAsItIs(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the matrix between its two marks", page)
	}
	whole := head + begin + render(t, loadMatrix(t)) + end + tail
	if whole == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s shows another matrix than matrix.yaml: go test ./transport/security -update", page)
	}
	if err := os.WriteFile(page, []byte(whole), 0o644); err != nil {
		t.Fatal(err)
	}
}

// render is the table in Markdown. Four equal answers are one; of others those
// that differ from the right chat's are named with their situation.
func render(t *testing.T, m *matrix) string {
	t.Helper()
	var out strings.Builder
	cases := 0
	for _, c := range m.Calls {
		if c.Group != "" {
			fmt.Fprintf(&out, "\n**%s**\n\n| | %s |\n|---|%s\n", c.Group, strings.Join(roles, " | "), strings.Repeat("---|", len(roles)))
		}
		fmt.Fprintf(&out, "| %s |", c.Call)
		for _, role := range roles {
			answers, err := c.answers(role)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range answers {
				if a != "-" {
					cases++
				}
			}
			fmt.Fprintf(&out, " %s |", cell(answers))
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(&out, "\n%d cases.\n", cases)
	return out.String()
}

// cell shows the answers of one role to one call.
func cell(answers []string) string {
	shown := word(answers[0])
	for i, a := range answers[1:] {
		if a != answers[0] && a != "-" {
			shown += "<br>" + situations[i+1] + " " + word(a)
		}
	}
	return shown
}

// word is how an answer is shown: what is granted stands out.
func word(answer string) string {
	if answer == "ok" || strings.HasPrefix(answer, "2") {
		return "**yes**"
	}
	return strings.ReplaceAll(answer, "_", " ")
}

// claimed finds the tests that the page names.
var claimed = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`")

func TestEveryTestThatSecurityPageNamesIsThere(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, root := range []string{"..", "../../actors", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			code, err := os.ReadFile(path)
			for _, found := range tests.FindAllSubmatch(code, -1) {
				there[string(found[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	names := claimed.FindAllSubmatch(text, -1)
	if len(names) < 20 {
		t.Errorf("only %d tests are named", len(names))
	}
	for _, name := range names {
		if !there[string(name[1])] {
			t.Errorf("%s is named and is not there", name[1])
		}
	}
}

// tests finds those of a file.
var tests = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
