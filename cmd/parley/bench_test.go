package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parley-engine/parley/bench"
)

// loadTest runs parley bench with this binary as the server, and returns its
// result and what it printed.
func loadTest(t *testing.T, args ...string) (bench.Result, string) {
	t.Helper()
	t.Setenv("PARLEY_TEST_AS_PROGRAM", "1") // for the server
	return load(t, append([]string{"--folder", t.TempDir()}, args...)...)
}

// load runs parley bench without a warm-up. A thousand connections take their
// time on a busy machine.
func load(t *testing.T, args ...string) (bench.Result, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "result.json")
	code, out, errs := runWithin(t, 9*patience, append([]string{"bench", "--warmup", "0s", "--json", file}, args...)...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r bench.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if !r.Correctness.Clean() {
		t.Errorf("counted %+v", r.Correctness)
	}
	return r, out
}

func TestTheReferenceLoadRunsAgainstAServerOfItsOwn(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	profile := filepath.Join(t.TempDir(), "cpu.out")
	r, out := loadTest(t, "--rate", "10", "--agents", "5", "--duration", "2s", "--html", page, "--cpu-profile", profile)
	if r.Chats.Arrived < 5 || r.Chats.Completed != r.Chats.Arrived || len(r.Errors) > 0 {
		t.Errorf("chats %+v, errors %v", r.Chats, r.Errors)
	}
	if r.Chats.Messages != 10*r.Chats.Completed || r.Chats.Transfers != r.Chats.Completed {
		t.Errorf("%d messages and %d transfers in %d chats", r.Chats.Messages, r.Chats.Transfers, r.Chats.Completed)
	}
	if r.Server.CPUSeconds <= 0 || r.Server.RSS < 1<<20 || r.Generator.CPUSeconds <= 0 || r.LifecyclesPerS <= 0 {
		t.Errorf("server %+v, generator %+v, %g lifecycles a second", r.Server, r.Generator, r.LifecyclesPerS)
	}
	if !strings.Contains(out, "double assignments 0, lost 0, repeated 0, out of order 0") {
		t.Errorf("printed %s", out)
	}
	if f, err := os.Stat(profile); err != nil || f.Size() == 0 {
		t.Errorf("the profile of the server: %v, %v", f, err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); strings.Count(s, "<svg") < 3 || strings.Contains(s, "<script") || strings.Contains(s, "http") {
		t.Errorf("the page has %d pictures, or needs a network", strings.Count(s, "<svg"))
	}
}

func TestALoadGoesOnWhereItStoodWhenItsServerIsKilled(t *testing.T) {
	mine := filepath.Join(t.TempDir(), "mine.yaml")
	_, text, _ := run(t, "bench", "--print-profile", "crash")
	text = strings.NewReplacer("kill_at: 15s", "kill_at: 1s", "think: exponential 1s", "think: 100ms", "pool: 800", "pool: 30").Replace(text)
	if err := os.WriteFile(mine, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ := loadTest(t, "--scenario", mine, "--rate", "10", "--agents", "10", "--duration", "3s")
	if r.Crash == nil || r.Crash.LiveChats == 0 || r.Crash.FirstOffer <= 0 {
		t.Errorf("crash %+v", r.Crash)
	}
	if r.Links.Cut < 10 || r.Links.Resumed+r.Links.Snapshots != r.Links.Cut {
		t.Errorf("connections %+v", r.Links)
	}
	if r.Chats.Completed != r.Chats.Arrived || r.Chats.Unfinished > 0 {
		t.Errorf("chats %+v", r.Chats)
	}
}

func TestAServerThatRunsAlreadyIsLoadedAtItsAddress(t *testing.T) {
	dir := t.TempDir()
	p := serve(t, "--dev", "--data", dir)
	mine := filepath.Join(t.TempDir(), "slow.yaml")
	_, text, _ := run(t, "bench", "--print-profile", "reference")
	text = strings.Replace(text, "think: 0s     # distribution: before each message\n  wrapup", "think: 100ms\n  wrapup", 1)
	text = strings.Replace(text, "pool: 200", "pool: 1", 1)
	if err := os.WriteFile(mine, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _ := loadTest(t, "--scenario", mine, "--address", p.public, "--data", dir, "--rate", "2", "--duration", "2s")
	if r.Chats.Completed == 0 || r.Chats.Completed != r.Chats.Accepted || r.Server.CPUSeconds != 0 {
		t.Errorf("chats %+v, server %+v, errors %v", r.Chats, r.Server, r.Errors)
	}
}

func TestAServerWithThePrintedConfigurationIsLoadedFarAboveThePaceOfPeople(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.yaml")
	_, text, _ := run(t, "bench", "--print-config", "--agents", "7")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := serve(t, "--config", file, "--data", t.TempDir())
	r, _ := loadTest(t, "--address", p.public, "--config", file, "--rate", "40", "--duration", "1s")
	if r.Chats.Arrived < 15 || r.Chats.Completed != r.Chats.Arrived || len(r.Errors) > 0 {
		t.Errorf("chats %+v, errors %v", r.Chats, r.Errors)
	}
	if want := int64(7 + 200); r.Links.Count != want {
		t.Errorf("%d connections, expected %d: all agents of the configuration and the customers", r.Links.Count, want)
	}
	code, _, errs := run(t, "bench", "--address", p.public, "--config", file, "--data", t.TempDir())
	if code != exitUsage || !strings.Contains(errs, "expected neither --token-key nor --data beside it") {
		t.Errorf("two keys: exit %d, %s", code, errs)
	}
	text = strings.Replace(text, "tokens: {", "tokens: {jwks_url: https://keys.example/set.json, ", 1)
	text = text[:strings.Index(text, "secret: ")] + text[strings.Index(text, "max_customer"):]
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs = run(t, "bench", "--address", p.public, "--config", file)
	if code != exitUsage || !strings.Contains(errs, "no tokens.secret, expected one") {
		t.Errorf("keys of somebody else: exit %d, %s", code, errs)
	}
}

func TestALoadThatCannotBeMadeSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ args, say string }{
		{"--profile monday", `profile "monday" is not known, expected one of crash, hot-queue`},
		{"--rate=-1", "a negative rate"},
		{"--address 127.0.0.1:1", "--address needs --config FILE, --token-key FILE, or --data DIR"},
		{"--scenario nowhere.yaml", "nowhere.yaml"},
		{"--print-profile monday", "is not known"},
	} {
		code, _, errs := run(t, append([]string{"bench"}, strings.Fields(tt.args)...)...)
		if code != exitUsage || !strings.Contains(errs, tt.say) {
			t.Errorf("%s: exit %d, %s", tt.args, code, errs)
		}
	}
}
