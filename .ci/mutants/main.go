// Command mutants plants bugs in the tree, one at a time, and says which of
// them the tests and the simulator find. The tree is never touched: the bugs are
// an overlay that the go command lays over its files, all of them in one build,
// where each sleeps until its run switches it on.
//
// Each bug in the *.bugs files names those who should find it, the quickest
// first. They are asked in that order; if none does, so are all tests of the
// bug's package and of those that build on it, and at last the simulator. A bug
// that nobody finds is a checker that is missing, and the program says so and
// fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

type options struct {
	root    string
	only    *regexp.Regexp
	sample  int
	random  int
	seed    uint64
	within  string
	workers int
	limit   time.Duration
	check   bool
	quick   bool
	results string
}

func main() {
	o := options{}
	only := flag.String("only", "", "plant the bugs whose name or file matches this `expression`")
	flag.StringVar(&o.root, "root", "../..", "the `folder` of the repository")
	flag.IntVar(&o.sample, "sample", 0, "plant only so many, drawn by -seed")
	flag.IntVar(&o.random, "random", 0, "instead of the list, draw so many changes of one operator")
	flag.StringVar(&o.within, "within", "actors/acd", "the `folder` that -random draws from")
	flag.Uint64Var(&o.seed, "seed", 0, "of -sample and -random; 0 draws one")
	flag.IntVar(&o.workers, "workers", 2, "bugs at once")
	flag.DurationVar(&o.limit, "limit", 90*time.Second, "for each run of a test")
	flag.BoolVar(&o.quick, "quick", false, "ask only the quick tests of the bug's own package and the simulator")
	flag.StringVar(&o.results, "results", "", "a `file` to append what became of each bug to, one line of JSON; what was found before is not planted again")
	flag.BoolVar(&o.check, "check", false, "only see whether every bug still applies")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(*only); err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, o)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.seed == 0 {
		o.seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	bugs, err := chosen(o)
	if err != nil {
		return err
	}
	if o.check {
		fmt.Printf("%d bugs, all of them apply\n", len(bugs))
		return nil
	}
	if len(bugs) == 0 {
		return fmt.Errorf("no bug matches %q", o.only)
	}
	before, err := earlier(o.results)
	if err != nil {
		return err
	}
	if bugs = slices.DeleteFunc(bugs, func(b bug) bool { return before[b.name].Killer != "" }); len(bugs) == 0 {
		fmt.Printf("all of them were found before: %s\n", o.results)
		return nil
	}
	scratch, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	began := time.Now()
	all, err := weave(o.root, filepath.Join(scratch, "all"), bugs)
	if err != nil {
		return err
	}
	fmt.Printf("%d bugs, %d of them in one build\n", len(bugs), len(all.holds))
	results := plantAll(ctx, o, all, scratch, bugs)
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted after %d of %d", len(results), len(bugs))
	}
	return summary(o, results, time.Since(began))
}

// chosen reads the list, or draws changes, and sees that each of them applies.
func chosen(o options) ([]bug, error) {
	if o.random > 0 {
		return draw(o)
	}
	files, err := filepath.Glob(filepath.Join(o.root, ".ci/mutants/*.bugs"))
	if err != nil {
		return nil, err
	}
	var bugs []bug
	var bad error
	named := map[string]bool{}
	for _, file := range files {
		list, err := read(file)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			if named[b.name] {
				return nil, fmt.Errorf("two bugs are named %s", b.name)
			}
			named[b.name] = true
			bad = errors.Join(bad, b.apply(o.root))
			if o.only.MatchString(b.name) || o.only.MatchString(b.file) {
				bugs = append(bugs, b)
			}
		}
	}
	if bad != nil {
		return nil, bad
	}
	if o.sample > 0 && o.sample < len(bugs) {
		dice := rand.New(rand.NewPCG(o.seed, 1))
		dice.Shuffle(len(bugs), func(i, j int) { bugs[i], bugs[j] = bugs[j], bugs[i] })
		fmt.Printf("a sample of %d of %d bugs, seed %d\n", o.sample, len(bugs), o.seed)
		bugs = bugs[:o.sample]
	}
	return bugs, nil
}

// plantAll tries the bugs, a few at once, and prints each as it is decided.
func plantAll(ctx context.Context, o options, all *together, scratch string, bugs []bug) []result {
	work := make(chan bug)
	var mu sync.Mutex
	var results []result
	var wg sync.WaitGroup
	for i := range max(o.workers, 1) {
		dir := filepath.Join(scratch, fmt.Sprint(i))
		wg.Go(func() {
			for b := range work {
				r := try(ctx, o, all, dir, b)
				mu.Lock()
				if ctx.Err() == nil {
					results = append(results, r)
					if err := r.note(o.results); err != nil {
						fmt.Println(err)
					}
					fmt.Printf("%3d/%d  %s\n", len(results), len(bugs), r)
				}
				mu.Unlock()
			}
		})
	}
	for _, b := range bugs {
		if ctx.Err() == nil {
			work <- b
		}
	}
	close(work)
	wg.Wait()
	return results
}

// summary counts, and is an error when a bug has lived.
func summary(o options, results []result, took time.Duration) error {
	killed, never, simulated := 0, 0, 0
	var alive []string
	for _, r := range results {
		switch {
		case r.invalid:
			never++
		case r.killer == "":
			alive = append(alive, fmt.Sprintf("  %s\n    %s: %s", r.bug.name, r.bug.file, r.bug.breaks))
		default:
			killed++
			if strings.HasPrefix(r.killer, "parley sim") {
				simulated++
			}
		}
	}
	fmt.Printf("\n%d planted, %d killed (%d by tests, %d by the simulator) in %s\n", len(results)-never, killed, killed-simulated, simulated, took.Round(time.Second))
	if never > 0 {
		fmt.Printf("%d did not compile and do not count\n", never)
	}
	switch {
	case len(alive) > 0:
		fmt.Printf("alive:\n%s\n", strings.Join(alive, "\n"))
		return fmt.Errorf("%d of %d planted bugs were found by nobody (seed %d)", len(alive), len(results), o.seed)
	case never > 0 && o.random == 0:
		return fmt.Errorf("%d bugs of the list do not compile: mend them", never)
	}
	return nil
}
