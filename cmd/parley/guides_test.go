package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// guide is a page whose commands are typed into a shell, block by block, in one
// folder. A block that ends in & starts a server.
type guide struct {
	t      *testing.T
	dir    string
	env    []string
	listen string
	admin  string
}

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

func TestTheCommandsOfTheGuides(t *testing.T) {
	for page, least := range map[string]int{"OPERATING.md": 18, "../../transport/DEVELOPING.md": 3} {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Dir(shipped(t)) + string(os.PathListSeparator) + os.Getenv("PATH")
			g := &guide{t: t, dir: t.TempDir(), env: append(os.Environ(), "PATH="+path), listen: "127.0.0.1:0", admin: "127.0.0.1:0"}
			commands := 0
			for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
				commands += strings.Count("\n"+block[1], "\nparley ")
				if command, background := strings.CutSuffix(strings.TrimSpace(block[1]), " &"); background {
					g.serve(command)
				} else {
					g.run(block[1])
				}
			}
			if commands < least {
				t.Errorf("the page has %d commands, it had %d", commands, least)
			}
		})
	}
}

func (g *guide) command(script string) *exec.Cmd {
	c := exec.CommandContext(g.t.Context(), "sh", "-ec", script)
	c.Dir = g.dir
	c.Env = append(g.env, "PARLEY_LISTEN="+g.listen, "PARLEY_ADMIN_LISTEN="+g.admin, "PARLEY_ADMIN_ADDRESS=http://"+g.admin, "PARLEY_TOKEN="+g.token())
	return c
}

// token is an administrator's, of the sign-in that the page speaks of.
func (g *guide) token() string {
	secret, err := os.ReadFile(filepath.Join(g.dir, "secret"))
	if err != nil {
		return "" // the page has not come to it
	}
	token, err := transport.MintDev(trimLine(secret), acd.RoleAdmin, "root", "root", 10*time.Minute)
	if err != nil {
		g.t.Fatal(err)
	}
	return token
}

func (g *guide) run(script string) {
	g.t.Helper()
	if out, err := g.command(script).CombinedOutput(); err != nil {
		g.t.Fatalf("%v\n%s\nsaid\n%s", err, script, out)
	}
}

func (g *guide) serve(script string) {
	g.t.Helper()
	c := g.command("exec " + script)
	log, err := os.Create(filepath.Join(g.t.TempDir(), "log"))
	if err != nil {
		g.t.Fatal(err)
	}
	defer log.Close()
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		g.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	at := firstLine.FindStringSubmatch(strings.TrimSpace(line))
	if err != nil || at == nil {
		text, _ := os.ReadFile(log.Name())
		g.t.Fatalf("%s: printed %q, %v\n%s", script, line, err, text)
	}
	g.listen, g.admin = at[1], at[2]
}

// TestTheCommandsOfTheLoadGuide holds them to the grammar, and runs for a moment
// what they run for minutes. Profile crash, --find-limit and --validate have no
// short run that says anything, and --config needs a server of its own; they have
// tests of their own.
func TestTheCommandsOfTheLoadGuide(t *testing.T) {
	g := &guide{t: t, dir: t.TempDir(), env: os.Environ(), listen: "127.0.0.1:0", admin: "127.0.0.1:0"}
	program := shipped(t)
	if err := os.Symlink(program, filepath.Join(g.dir, "parley-old")); err != nil {
		t.Fatal(err)
	}
	g.serve(program + " serve --dev --data ./parley-data")
	all := loadCommands(t)
	if len(all) < 9 {
		t.Errorf("the page has %d commands, it had 9", len(all))
	}
	ran := 0
	t.Run("short", func(t *testing.T) {
		for _, args := range all {
			parses(t, "bench/README.md", args...)
			line := strings.Join(args, " ")
			if args[0] != "bench" || lengthyLoad.MatchString(line) {
				continue
			}
			args = append(args, "--rate=4", "--duration=500ms", "--warmup=0s")
			ran++
			t.Run(line, func(t *testing.T) {
				t.Parallel()
				script := program + " " + strings.ReplaceAll(strings.Join(args, " "), "127.0.0.1:8080", g.listen)
				if out, err := g.command(script).CombinedOutput(); err != nil {
					t.Errorf("%v\n%s\nsaid\n%s", err, script, out)
				}
			})
		}
	})
	if ran < 5 {
		t.Errorf("%d commands were run, there were 5", ran)
	}
}

var lengthyLoad = regexp.MustCompile(`crash|--scenario|--find-limit|--validate|--config`)

// loadCommands are the arguments of each command of ours in the load guide.
func loadCommands(t *testing.T) (all [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../bench/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			for one := range strings.SplitSeq(line, "&&") {
				one, _, _ = strings.Cut(strings.TrimSpace(one), " > ")
				if args, ours := strings.CutPrefix(one, "go run ./cmd/parley "); ours {
					all = append(all, strings.Fields(strings.TrimSuffix(args, "&")))
				}
			}
		}
	}
	return all
}
