// Package racetest is the list of the races that the model defines (races.txt)
// and what plays them by their numbers, so that none can be forgotten. A race
// inside one mailbox is played with the rules alone, one between a session, the
// journal and the clock with the engine, and many with both.
package racetest

import (
	_ "embed" // of the list
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

//go:embed races.txt
var list string

// races is how many the model has.
const races = 58

// Orders is how a package plays races: each by its number and the order, as in
// "07 accept_first".
type Orders map[string]func(*testing.T)

// race is a line of the list.
type race struct {
	number, name string
	orders       []string
	packages     []string
}

// Play plays all races of a package, each order of each as a test of its own,
// and fails if one of them is missing or is not in the list.
func Play(t *testing.T, pkg string, parts ...Orders) {
	t.Helper()
	orders := Orders{}
	for _, part := range parts {
		maps.Copy(orders, part)
	}
	all, err := parse(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range compare(all, pkg, orders) {
		t.Error(err)
	}
	for _, r := range all {
		if !slices.Contains(r.packages, pkg) {
			continue
		}
		t.Run(r.number+" "+r.name, func(t *testing.T) {
			for _, order := range r.orders {
				if play := orders[r.number+" "+order]; play != nil {
					t.Run(order, play)
				}
			}
		})
	}
}

// parse reads the list, which has to name every race once, in order, with two
// orders and with somebody who plays them.
func parse(list string) (all []race, err error) {
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		field := strings.Split(strings.TrimSpace(line), " | ")
		if len(field) != 5 {
			return nil, fmt.Errorf("races.txt: %q has %d fields, expected 5", line, len(field))
		}
		r := race{field[0], field[1], field[2:4], strings.Fields(field[4])}
		if want := fmt.Sprintf("%02d", len(all)+1); r.number != want {
			return nil, fmt.Errorf("races.txt: race %s where %s should be", r.number, want)
		}
		stranger := slices.ContainsFunc(r.packages, func(pkg string) bool { return pkg != "acd" && pkg != "actors" })
		if r.orders[0] == r.orders[1] || stranger {
			return nil, fmt.Errorf("races.txt: race %s has the orders %v played by %v", r.number, r.orders, r.packages)
		}
		all = append(all, r)
	}
	if len(all) != races {
		return nil, fmt.Errorf("races.txt: %d races, expected %d", len(all), races)
	}
	return all, nil
}

// compare names each order that a package should play and does not, and each
// that it plays and nobody has listed.
func compare(all []race, pkg string, orders Orders) (missing []error) {
	listed := map[string]bool{}
	for _, r := range all {
		for _, order := range r.orders {
			key := r.number + " " + order
			if listed[key] = slices.Contains(r.packages, pkg); listed[key] && orders[key] == nil {
				missing = append(missing, fmt.Errorf("race %s of package %s is not played", key, pkg))
			}
		}
	}
	for key := range orders {
		if !listed[key] {
			missing = append(missing, fmt.Errorf("package %s plays %q, which is not in its list", pkg, key))
		}
	}
	return missing
}
