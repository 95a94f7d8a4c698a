// Command targets measures what Parley has to reach, one command for each
// figure, and prints each beside the least that the machine could take for the
// same work in the same run, and the ratio of the two.
//
//	go run ./bench/targets                       # all of them, about half an hour
//	go run ./bench/targets --only message,match  # some
//	go run ./bench/targets --out bench/results   # and keep what was printed
//
// What it runs are the commands that bench/README.md names; it only reads what
// they print. A figure that misses its target is printed as such and is no
// error: an error is a command that fails, or a promise that was broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := flag.String("only", "", "which figures, comma separated; all without it")
	out := flag.String("out", "", "a folder in which what each command printed is kept, with the table")
	limit := flag.Float64("limit", 0, "the limit in chats a second for the figures that follow from it, if it is not measured")
	flag.Parse()
	if err := run(ctx, *only, *out, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "targets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only, out string, limit float64) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	s, err := newSession(ctx, out, limit)
	if err != nil {
		return err
	}
	defer s.close()
	var rows []row
	for _, f := range chosen {
		fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format(time.TimeOnly), f.name)
		found, err := f.measure(s)
		if missing := new(notHere); errors.As(err, &missing) {
			s.left = append(s.left, f.name+": "+missing.why)
			fmt.Println("left out:", s.left[len(s.left)-1])
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		rows = append(rows, found...)
		for _, r := range found {
			fmt.Println(r)
		}
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(out, "targets.md"), []byte(s.page(rows)), 0o644)
}

// choose returns the figures of that name, in the order of the list.
func choose(only string) ([]figure, error) {
	if only == "" {
		return figures, nil
	}
	var chosen []figure
	names := strings.Split(only, ",")
	for _, f := range figures {
		if i := slices.Index(names, f.name); i >= 0 {
			names = slices.Delete(names, i, i+1)
			chosen = append(chosen, f)
		}
	}
	if len(names) > 0 {
		var known []string
		for _, f := range figures {
			known = append(known, f.name)
		}
		return nil, fmt.Errorf("no figure is named %s: they are %s", strings.Join(names, ", "), strings.Join(known, ", "))
	}
	return chosen, nil
}
