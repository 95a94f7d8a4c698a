package conform

import (
	"errors"
	"strings"
	"testing"
)

func TestEachRowOfAScenarioIsATestOfItsOwn(t *testing.T) {
	first, second := &Scenario{Name: "first", Rows: []string{"W10", "W2"}}, &Scenario{Name: "second", Rows: []string{"W2"}}
	played := map[string]int{}
	rows := rowsOf(map[string]*Scenario{"b.yaml": first, "c.yaml": second}, func(s *Scenario) error {
		played[s.Name]++
		return errors.New(s.Name)
	})
	var names []string
	for _, r := range rows {
		names = append(names, r.String())
		if err := r.outcome(); err.Error() != r.by.Name {
			t.Errorf("%s ended with %v", r, err)
		}
	}
	if got := strings.Join(names, ", "); got != "W02 first, W02 second, W10 first" {
		t.Errorf("the tests are %s", got)
	}
	if played["first"] != 1 || played["second"] != 1 {
		t.Errorf("played %v, expected each once", played)
	}
}

func TestARemovedSourceIsPutBack(t *testing.T) {
	var removed []string
	err := against(t, &server{}, Target{RemoveSource: func(source string) error {
		removed = append(removed, source)
		return nil
	}}, "  - the administrator removes the source web\n")
	if got := strings.Join(removed, ", "); err != nil || got != "web, " {
		t.Errorf("removed %q, %v", got, err)
	}
	if err := outcome(t, &server{}, "  - the administrator removes the source web\n"); !errors.Is(err, errNotHere) {
		t.Errorf("without the means for it: %v", err)
	}
}
