package racetest

import (
	"strings"
	"testing"
)

func TestTheListIsWhole(t *testing.T) {
	if _, err := parse(list); err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]string{
		"a race is missing":      strings.Replace(list, "\n17 ", "\n# ", 1),
		"the last is missing":    list[:strings.LastIndex(list, "58 |")],
		"an order is missing":    strings.Replace(list, "accept_first | time_out_first", "accept_first", 1),
		"an order comes twice":   strings.Replace(list, "accept_first | time_out_first", "accept_first | accept_first", 1),
		"nobody plays it":        strings.Replace(list, " | acd actors\n", " |\n", 1),
		"somebody else plays it": strings.Replace(list, " | acd actors\n", " | others\n", 1),
	} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%s and nobody says so", what)
		}
	}
}

func TestWhatIsNotPlayedIsNamed(t *testing.T) {
	play := func(*testing.T) {}
	all := []race{{"01", "one", []string{"a", "b"}, []string{"here"}}, {"02", "two", []string{"a", "b"}, []string{"there"}}}
	if got := compare(all, "here", Orders{"01 a": play, "01 b": play}); len(got) != 0 {
		t.Errorf("all is played, and yet: %v", got)
	}
	if got := compare(all, "here", Orders{"01 a": play}); len(got) != 1 || !strings.Contains(got[0].Error(), "01 b") {
		t.Errorf("one order is missing: %v", got)
	}
	if got := compare(all, "here", Orders{"01 a": play, "01 b": play, "02 a": play, "59 a": play}); len(got) != 2 {
		t.Errorf("two are not of this package: %v", got)
	}
}
