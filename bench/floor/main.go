// Command floor is the least that a server can do for the reference lifecycle:
// it answers each command with the frames that Parley sends, as many and as
// long, when what caused them is on the disk, and does nothing else. It has no
// rules, no actors, no limits and no sessions, believes every token, keeps
// nothing for who comes back, and its journal says nothing. So what the load
// generator reaches with it is the most that any server can reach with this
// generator, these frames and this disk on this machine.
//
//	go build -o floor ./bench/floor
//	go run ./cmd/parley bench --server ./floor --find-limit
//	FLOOR_JOURNAL=store go run ./cmd/parley bench --server ./floor --find-limit
//
// The second has Parley's own store in place of the file, with as many records
// and rows as Parley writes.
//
// It is started as "parley serve" is, and takes only the flags that a run gives
// to the server of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"syscall"
)

// roomToCollect spares a server that keeps next to nothing dozens of garbage
// collections a second, as "parley serve" does for itself.
const roomToCollect = 1000 // percent of what is live

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(roomToCollect)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "serve" {
		return errors.New("expected: floor serve --config FILE --data FOLDER [--listen ADDRESS]")
	}
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	config := flags.String("config", "", "the configuration of the run, whose agents are taken")
	data := flags.String("data", "", "the folder of the journal")
	listen := flags.String("listen", "127.0.0.1:0", "where people connect")
	flags.String("admin-listen", "", "not served")
	flags.String("log-level", "", "nothing is logged")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	agents, err := namesOf(*config)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*data, 0o755); err != nil {
		return err
	}
	journal, err := openJournal(*data)
	if err != nil {
		return err
	}
	defer journal.Close()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := newServer(agents, journal, stop)
	fmt.Printf("listening on http://%s (admin http://%s)\n", l.Addr(), l.Addr())
	err = s.serve(ctx, l)
	if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
		return nil // it was asked to
	} else if cause != nil {
		return cause
	}
	return err
}

// openJournal opens the journal that the environment asks for: a file, or the
// store that Parley has.
func openJournal(folder string) (journal, error) {
	switch kind := os.Getenv(journalKind); kind {
	case "", "file":
		f, err := os.Create(filepath.Join(folder, "journal"))
		if err != nil {
			return nil, err
		}
		return &file{File: f}, nil
	case "store":
		return openStore(filepath.Join(folder, "store"))
	default:
		return nil, fmt.Errorf("%s=%s: expected file or store", journalKind, kind)
	}
}

// journalKind is the variable that says what the journal is: a run starts its
// server with the flags of "parley serve" and no others.
const journalKind = "FLOOR_JOURNAL"

// agentLine is an agent in the configuration that a run writes.
var agentLine = regexp.MustCompile(`(?m)^  - \{id: (a\d+), name: ([^,]+), capacity:`)

// namesOf reads who the agents are, by their ids.
func namesOf(config string) (map[string]string, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, m := range agentLine.FindAllStringSubmatch(string(text), -1) {
		names[m[1]] = m[2]
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no agents as a run writes them, - {id: a0, name: Agent 0, capacity: …}", config)
	}
	return names, nil
}
