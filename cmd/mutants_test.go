package cmd_test

import (
	"os/exec"
	"testing"
)

// TestEveryPlantedBugStillApplies: the list of bugs names lines of the code, and
// whoever changes such a line changes the list with it.
func TestEveryPlantedBugStillApplies(t *testing.T) {
	out, err := exec.Command("go", "-C", "../.ci/mutants", "run", ".", "-root", "../..", "-check").CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
