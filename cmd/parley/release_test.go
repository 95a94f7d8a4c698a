package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAReleaseIsTheSameWhereverItIsMade makes it twice, in two folders of other
// names, and compares the sums. It builds the program four times and more, so it
// has to be asked for: PARLEY_RELEASE=full, or a list of platforms.
func TestAReleaseIsTheSameWhereverItIsMade(t *testing.T) {
	platforms := os.Getenv("PARLEY_RELEASE")
	if platforms == "" {
		t.Skip("PARLEY_RELEASE=full makes a release twice")
	}
	var sums []string
	for _, name := range []string{"here", "some/where/else"} {
		from := filepath.Join(t.TempDir(), name)
		copied(t, "../..", from)
		make := exec.Command("bash", ".ci/release", filepath.Join(from, "..", "made"))
		make.Dir, make.Env = from, append(os.Environ(), "GOFLAGS=")
		if platforms != "full" {
			make.Env = append(make.Env, "PLATFORMS="+platforms)
		}
		var said strings.Builder
		make.Stderr = &said
		out, err := make.Output()
		if err != nil {
			t.Fatalf("%v: %s%s", err, out, said.String())
		}
		sums = append(sums, string(out))
	}
	t.Log(sums[0])
	if sums[0] != sums[1] || !strings.Contains(sums[0], ".cdx.json") {
		t.Errorf("it came to\n%sand to\n%s", sums[0], sums[1])
	}
}

// copied copies the repository's own files.
func copied(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if d.IsDir() && (slices.Contains([]string{".git", "node_modules", "parley-data"}, d.Name()) || rel == "dist") {
			return fs.SkipDir // dist is a release; the dist of the pages is linked in
		}
		if err != nil || !d.IsDir() && !d.Type().IsRegular() {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
