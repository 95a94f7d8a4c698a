package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/conform"
)

// TestTheServerPlaysAllScenarios plays what a desktop developer can play against
// a server of his own, over loopback and on real clocks. They wait most of the
// time, so some servers play a share each.
func TestTheServerPlaysAllScenarios(t *testing.T) {
	const folder, servers = "../../transport/conform/", 3
	for i := range servers {
		t.Run(fmt.Sprintf("share %d of %d", i+1, servers), func(t *testing.T) {
			t.Parallel()
			conform.Run(t, target(t, folder+"testdata/config.yaml"), share{os.DirFS(folder + "scenarios").(fs.ReadDirFS), i, servers})
		})
	}
}

// share is every file of a folder whose place in it leaves i, divided by of.
type share struct {
	fs.ReadDirFS
	i, of int
}

func (s share) ReadDir(name string) (mine []fs.DirEntry, err error) {
	all, err := s.ReadDirFS.ReadDir(name)
	for i, entry := range all {
		if i%s.of == s.i {
			mine = append(mine, entry)
		}
	}
	return mine, err
}

func TestEachScenarioIsOfOneShare(t *testing.T) {
	whole := os.DirFS("../../transport/conform/scenarios").(fs.ReadDirFS)
	all, err := fs.Glob(whole, "*.yaml")
	var shared []string
	for i := range 3 {
		mine, failed := fs.Glob(share{whole, i, 3}, "*.yaml")
		shared, err = append(shared, mine...), errors.Join(err, failed)
	}
	if slices.Sort(shared); err != nil || len(all) == 0 || !slices.Equal(all, shared) {
		t.Errorf("%v: %d of %d scenarios", err, len(shared), len(all))
	}
}

// TestTheServerClosesTheSessionThatAnotherReplaces plays what is only so where
// an agent may have one session.
func TestTheServerClosesTheSessionThatAnotherReplaces(t *testing.T) {
	const folder = "../../transport/conform/"
	conform.Run(t, target(t, folder+"testdata/single.yaml"), os.DirFS(folder+"single"))
}

// TestTheServerMindsAnUnattendedDesk plays what is only so where agents have to
// do something now and then.
func TestTheServerMindsAnUnattendedDesk(t *testing.T) {
	t.Parallel()
	const folder = "../../transport/conform/"
	conform.Run(t, target(t, folder+"testdata/unattended.yaml"), os.DirFS(folder+"unattended"))
}

// TestTheServerIsShortWithItsAgents plays what is only so where little is waited
// for.
func TestTheServerIsShortWithItsAgents(t *testing.T) {
	t.Parallel()
	const folder = "../../transport/conform/"
	conform.Run(t, target(t, folder+"testdata/desks.yaml"), os.DirFS(folder+"desks"))
}

// target starts the server with a copy of a configuration.
func target(t *testing.T, original string) conform.Target {
	t.Helper()
	file := filepath.Join(t.TempDir(), "parley.yaml")
	write(t, file, without(t, original, ""))
	args := []string{"--dev", "--data", t.TempDir(), "--config", file}
	p := serve(t, args...)
	secret, err := devSecret(args[2])
	if err != nil {
		t.Fatal(err)
	}
	return conform.Target{
		URL: "ws://" + p.public + "/v1/ws",
		Token: func(who conform.Person) (string, error) {
			return transport.MintDev(secret, acd.Role(who.Role), who.Subject, who.Name, 10*time.Minute, queuesOf(who.Scope)...)
		},
		Restart: func() (string, error) {
			if code := p.stop(); code != exitOK {
				return "", errors.New("the server ended badly: " + p.errs.String())
			}
			p = serve(t, args...)
			return "ws://" + p.public + "/v1/ws", nil
		},
		RemoveSource: func(source string) error {
			write(t, file, without(t, original, source))
			p.hangUp("configuration taken")
			return nil
		},
		DeleteQueue: func(queue string) error {
			write(t, file, deleted(t, original, queue))
			p.hangUp("configuration taken")
			return nil
		},
	}
}

// deleted is a configuration one of whose queues is deleted: its chats have to
// end as it says.
func deleted(t *testing.T, file, queue string) string {
	t.Helper()
	text := without(t, file, "")
	if queue == "" {
		return text
	}
	at := "{id: " + queue + ", "
	if strings.Count(text, at) != 1 {
		t.Fatalf("%s has not one queue that begins %q", file, at)
	}
	return strings.Replace(text, at, at+"mode: deleted, ", 1)
}

// without is a configuration without one of its sources.
func without(t *testing.T, file, source string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if source == "" {
		return string(text)
	}
	var c map[string]any
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	sources, _ := c["sources"].([]any)
	left := slices.DeleteFunc(slices.Clone(sources), func(s any) bool {
		fields, _ := s.(map[string]any)
		return fields["id"] == source
	})
	if len(left) == len(sources) {
		t.Fatalf("%s has no source %s", file, source)
	}
	c["sources"] = left
	text, err = yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
