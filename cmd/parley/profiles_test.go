package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/transport/conform"
)

// rowsOfSystem says how many rows each reference system has.
var rowsOfSystem = map[string]int{"B": 22, "G": 19, "W": 19, "M": 19}

// TestTheProfilesPlayTheirRows starts the server with each profile and plays
// all rows of the system that the profile reproduces.
func TestTheProfilesPlayTheirRows(t *testing.T) {
	t.Parallel()
	const folder = "../../transport/conform/profiles"
	files, err := filepath.Glob(folder + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no profiles", err)
	}
	for _, file := range files {
		suite := strings.TrimSuffix(file, ".yaml")
		t.Run(filepath.Base(suite), func(t *testing.T) {
			shown := conform.RunRows(t, target(t, file), os.DirFS(suite))
			if len(shown) == 0 {
				t.Fatal("no rows")
			}
			letter := shown[0][:1]
			for n := range rowsOfSystem[letter] {
				if id := fmt.Sprint(letter, n+1); !slices.Contains(shown, id) {
					t.Errorf("nothing shows %s", id)
				}
			}
		})
	}
}
