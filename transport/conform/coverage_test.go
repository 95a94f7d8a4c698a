package conform

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/parley-engine/parley/transport/wire"
)

// elsewhere are the frames and codes that no scenario file can show, and what
// shows them instead.
var elsewhere = map[string]string{
	"event ping":           "answered by the runner itself; transport TestEachHeartbeatHasAPingAndAPongKeepsTheConnection",
	"event goodbye":        "a restart here is the end of the runner's connections; transport TestADrainSaysGoodbyeFinishesWhatIsInFlightAndCloses",
	"event token_expiring": "minutes before a token's end; transport TestATokenIsRefreshedInTimeOrTheSessionEnds",
	"event resync":         "this server closes with 4003 in its place; transport/client TestAResyncIsFollowedByASnapshotInThePlaceOfEvents",
	"error overloaded":     "only of a machine that is behind; actors TestANodeThatIsBehindRefusesNewChatsAndServesThoseItHas",
	"error internal":       "only of a fault of the server; transport TestRefusalsKeepTheirDetails",
}

// TestEveryFrameAndCodeIsPlayed holds the scenario files against the tables of
// the protocol: each command is sent and answered, each frame of the server is
// received, each error code and each reason is answered by some scenario.
func TestEveryFrameAndCodeIsPlayed(t *testing.T) {
	played := map[string]bool{}
	for _, s := range allScenarios(t) {
		for _, step := range s.Steps {
			note(played, step)
		}
	}
	var wanted []string
	for _, c := range wire.CommandTypes() {
		wanted = append(wanted, "command "+c)
	}
	for _, e := range wire.EventTypes() {
		wanted = append(wanted, "event "+e)
	}
	for _, c := range wire.ErrorCode("").Values() {
		wanted = append(wanted, "error "+c)
	}
	for _, w := range wanted {
		if !played[w] && elsewhere[w] == "" {
			t.Errorf("no scenario plays %s", w)
		}
		if played[w] && elsewhere[w] != "" {
			t.Errorf("%s is played by a scenario; strike it off the list of what is not", w)
		}
	}
}

// note keeps what a step sends, receives and is answered.
func note(played map[string]bool, s Step) {
	_, verb, _ := strings.Cut(s.Sentence, " ")
	frame, _ := s.Frame.(map[string]any)
	kind, _ := frame["type"].(string)
	switch verb {
	case "connects", "reconnects":
		played["command hello"], played["event welcome"] = true, true
	case "has snapshot":
		played["event snapshot"] = true
	case "acknowledges":
		played["command pong"] = true
	case "sends":
		played["command "+kind] = true
		got, _ := s.Gets.(map[string]any)
		code, _ := got["code"].(string)
		if got["type"] == "error" {
			played["event error"], played["error "+code] = true, true
		} else {
			played["event ok"] = true
		}
	case "receives":
		played["event "+kind] = true
	case "receives in any order":
		list, _ := s.Frame.([]any)
		for _, one := range list {
			f, _ := one.(map[string]any)
			kind, _ := f["type"].(string)
			played["event "+kind] = true
		}
	}
}

// allScenarios are those of the folder, of the profiles and of the other
// configurations, by path.
func allScenarios(t *testing.T) map[string]*Scenario {
	t.Helper()
	all := map[string]*Scenario{}
	folders, err := fs.Glob(os.DirFS("."), "profiles/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range append(folders, "scenarios", "single", "desks", "unattended") {
		if strings.HasSuffix(folder, ".yaml") {
			continue
		}
		scenarios, err := load(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		for path := range maps.Keys(scenarios) {
			all[folder+"/"+path] = scenarios[path]
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d scenarios: %v", len(all), slices.Sorted(maps.Keys(all)))
	}
	return all
}
