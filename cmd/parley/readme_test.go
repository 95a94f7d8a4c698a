package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
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
