package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

// TestTheChatInTheReadmeCanBePlayed types what the README says, as it says it.
func TestTheChatInTheReadmeCanBePlayed(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := serve(t, "--dev", "--data", dir)
	sit := func(role, subject string) *peer {
		_, token, _ := run(t, "token", "--dev", "--data", dir, "--role", role, "--subject", subject)
		c := p.dial(strings.TrimSpace(token))
		c.until("snapshot")
		return c
	}
	// Ids of commands say who types: a for Alice, d for Dana.
	people := map[string]*peer{"a": sit("agent", "alice"), "d": sit("customer", "dana")}
	learned := map[string]string{}
	typed := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, `{"type":`) {
			continue
		}
		for placeholder, id := range learned {
			line = strings.ReplaceAll(line, placeholder, id)
		}
		var frame map[string]any
		if err := json.Unmarshal([]byte(line), &frame); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		id := frame["id"].(string)
		who := people[id[:1]]
		who.send(frame)
		typed++
		switch id {
		case "d1":
			learned["OFFER"], _ = people["a"].until("offer")["offer"].(string)
		case "a2":
			chat, _ := people["a"].until("assigned")["chat"].(map[string]any)
			learned["CHAT"], _ = chat["chat"].(string)
		case "a3":
			if m := people["d"].until("message"); m["text"] != frame["text"] {
				t.Errorf("Dana reads %v", m)
			}
		case "d2":
			for people["a"].until("message")["text"] != frame["text"] { // her own come to her too
			}
		case "a4":
			people["a"].until("wrapup_started")
			people["d"].until("ended")
		case "a5":
			people["a"].until("released")
		}
	}
	if typed != 7 {
		t.Errorf("the README types %d frames, want 7", typed)
	}
}

// readmeCommands are the command lines of the README's blocks, without what a
// shell does with them: the arguments, and the file that the output goes to.
func readmeCommands(t *testing.T) (all [][]string, into map[string]string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	into = map[string]string{}
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			line, file, _ := strings.Cut(strings.TrimSpace(line), " > ")
			args, ours := strings.CutPrefix(strings.TrimPrefix(line, "go run ./cmd/"), "parley ")
			if !ours {
				continue
			}
			all = append(all, strings.Fields(args))
			into[args] = file
		}
	}
	if len(all) < 15 {
		t.Errorf("the README has %d commands, it had 15", len(all))
	}
	return all, into
}

// TestTheCommandsOfTheReadme runs what it says about a node and its folder; what
// serves or makes load is held to the grammar, and run by its own tests.
func TestTheCommandsOfTheReadme(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	p, chat := pastChat(t, data)
	write(t, filepath.Join(dir, "parley.yaml"), string(devConfig))
	secret, err := devSecret(data)
	if err != nil {
		t.Fatal(err)
	}
	token, err := transport.MintDev(secret, acd.RoleAdmin, "root", "root", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	all, into := readmeCommands(t)
	named := func(args []string, more ...string) []string {
		args = append(slices.Clone(args), more...)
		for i, word := range args {
			if word == "CHAT" {
				args[i] = chat
			} else if strings.HasSuffix(word, ".yaml") {
				args[i] = filepath.Join(dir, word)
			}
		}
		return args
	}
	ran := 0
	does := func(args []string, more ...string) {
		code, out, errs := run(t, named(args, more...)...)
		if code != exitOK || out == "" && args[0] != "check" {
			t.Errorf("parley %s: exit %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
		if file := into[strings.Join(args, " ")]; file != "" {
			write(t, filepath.Join(dir, file), out)
		}
		ran++
	}
	for _, args := range all { // of a node that runs
		switch parses(t, "README.md", args...); args[0] {
		case "export", "apply":
			does(args, "--address=http://"+p.admin, "--token="+token)
		case "check":
			does(args)
		}
	}
	if code := p.stop(); code != exitOK {
		t.Fatalf("exit %d: %s", code, p.errs)
	}
	for _, args := range all { // of a folder that nobody serves
		switch args[0] {
		case "history", "explain", "replay", "transcript", "check-data", "audit":
			does(args, "--data="+data)
		}
	}
	if ran < 10 {
		t.Errorf("%d commands were run, there were 10", ran)
	}
}
