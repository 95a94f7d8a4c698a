package main

import (
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// grammar is the model of the command line.
func grammar(t *testing.T) *kong.Kong {
	t.Helper()
	k, err := Main{Out: io.Discard, Err: io.Discard}.parser(t.Context(), &commands{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTheManPageNamesEveryCommandAndFlagAndHasNoErrors(t *testing.T) {
	code, page, errs := run(t, "man")
	if code != exitOK {
		t.Fatal(errs)
	}
	bare := strings.ReplaceAll(page, `\-`, "-")
	seen := 0
	for _, node := range grammar(t).Model.Children {
		seen++
		_, section, found := strings.Cut(bare, "\n.SS "+node.Name)
		if !found {
			t.Errorf("no section for %s", node.Name)
		}
		section, _, _ = strings.Cut(section, "\n.SS ")
		for _, f := range node.Flags {
			if !f.Hidden && !strings.Contains(section, "--"+f.Name) {
				t.Errorf("%s: no --%s", node.Name, f.Name)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d commands were looked at", seen)
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff here to set the page with")
	}
	set := exec.Command(groff, "-man", "-Tutf8", "-ww")
	set.Stdin = strings.NewReader(page)
	var said strings.Builder
	set.Stderr = &said
	text, err := set.Output()
	if err != nil || said.Len() > 0 || !strings.Contains(string(text), "BUCKET?region=REGION") {
		t.Errorf("groff: %v, %s", err, said.String())
	}
}

func TestBashCompletesCommandsFlagsAndChoices(t *testing.T) {
	_, script, _ := run(t, "completion", "bash")
	file := filepath.Join(t.TempDir(), "completion")
	write(t, file, script)
	for typed, want := range map[string]string{
		"parley ser":                     "serve",
		"parley serve --log-f":           "--log-format",
		"parley serve --log-format j":    "json",
		"parley token --dev --role cust": "customer",
		"parley completion --he":         "--help",
		"parley nothing --x":             "",
	} {
		words := strings.Fields(typed)
		ask := exec.Command("bash", "-c", `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _parley; echo "${COMPREPLY[@]}"`)
		ask.Args = append(append(ask.Args, file), words...)
		out, err := ask.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %q, %v, want %q", typed, out, err, want)
		}
	}
}

func TestZshAndFishGetEveryCommandAndFlag(t *testing.T) {
	for _, shell := range []string{"zsh", "fish"} {
		code, script, errs := run(t, "completion", shell)
		if code != exitOK {
			t.Fatal(errs)
		}
		for _, node := range grammar(t).Model.Children {
			if !strings.Contains(script, node.Name) {
				t.Errorf("%s: no %s", shell, node.Name)
			}
			for _, f := range node.Flags {
				flag := map[string]string{"zsh": "--" + f.Name, "fish": "-l " + f.Name}[shell]
				if !f.Hidden && !strings.Contains(script, flag) {
					t.Errorf("%s: no %s of %s", shell, flag, node.Name)
				}
			}
		}
		if path, err := exec.LookPath(shell); err == nil {
			file := filepath.Join(t.TempDir(), "script")
			write(t, file, script)
			if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%s: %v, %s", shell, err, out)
			}
		}
	}
	if code, _, errs := run(t, "completion", "cmd.exe"); code != exitUsage || !strings.Contains(errs, "bash") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
