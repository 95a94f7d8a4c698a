package conform

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestEveryAcceptanceScenarioHasAFile holds the folder against the list of
// acceptance scenarios. S16 is the race matrix and S17 the crash at each record:
// both are played where the journal can be stopped, not over the wire.
func TestEveryAcceptanceScenarioHasAFile(t *testing.T) {
	scenarios, err := load(os.DirFS("scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	has := func(prefix string) (paths []string) {
		for path, s := range scenarios {
			if strings.HasPrefix(path, prefix+"-") && strings.HasPrefix(s.Name, strings.ToUpper(prefix[:1])+strings.TrimLeft(prefix[1:], "0")+" ") {
				paths = append(paths, path)
			}
		}
		return paths
	}
	for n := 1; n <= 18; n++ {
		if n == 16 || n == 17 {
			continue
		}
		if prefix := fmt.Sprintf("s%02d", n); len(has(prefix)) == 0 {
			t.Errorf("no file %s-….yaml with a name that begins with S%d", prefix, n)
		}
	}
	for _, variant := range []string{
		"s12-warm-not-accepted", "s12-blind-to-queue", "s12-blind-to-sender", "s12-blind-ends",
		"s14-waiting", "s14-ringing", "s14-served", "s14-invited", "s14-conference", "s14-warm-transfer",
		"s14-queue-transfer", "s14-blind-transfer", "s14-closes", "s14-wrapup",
	} {
		if scenarios[variant+".yaml"] == nil {
			t.Errorf("no file %s.yaml", variant)
		}
	}
}
