package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/parley-engine/parley/bench/child"
)

// appends is the floor of durability: people who do nothing but append a record
// as long as a message to one file. Those who come while the disk is busy share
// the next fdatasync, and each returns when his record is on the disk. There is
// no server, no socket and nobody who hears it.
type appends struct{}

// recordHead is what a journal needs around a text.
const recordHead = 64

// Talk implements talker. The CPU is this process's own, load and all.
func (appends) Talk(_ context.Context, dir string, load Talk) (run, error) {
	file, err := os.Create(filepath.Join(dir, "records"))
	if err != nil {
		return nil, err
	}
	group := &grouped{file: file}
	group.turn.L = &group.mu
	ends := make([][2]end, load.Pairs)
	for i := range ends {
		one, other := &fileEnd{ear: newEar(), group: group}, &fileEnd{ear: newEar(), group: group}
		one.other, other.other = other, one
		ends[i] = [2]end{one, other}
	}
	usage := func() (Usage, error) {
		u, err := child.UsageOf(os.Getpid())
		return Usage{u.CPU, u.RSS}, err
	}
	return talk(load, ends, usage, func() { file.Close() }), nil
}

type fileEnd struct {
	ear
	group *grouped
	other *fileEnd
}

// Say implements end.
func (e *fileEnd) Say(_ context.Context, text string) error {
	if err := e.group.append(make([]byte, recordHead+len(text))); err != nil {
		return err
	}
	e.other.hears()
	return nil
}

// grouped is a file that many append to.
type grouped struct {
	file *os.File

	mu      sync.Mutex
	turn    sync.Cond
	waiting []byte // what goes down with the next sync
	next    uint64 // the number of that sync
	synced  uint64 // syncs that are done
	busy    bool
	failed  error
}

// append returns when the record is on the disk.
func (g *grouped) append(record []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, record...)
	mine := g.next + 1
	for g.synced < mine && g.failed == nil {
		if g.busy {
			g.turn.Wait()
			continue
		}
		g.flush()
	}
	return g.failed
}

// flush writes what waits. The lock is held, but not while the disk works.
func (g *grouped) flush() {
	records := g.waiting
	g.waiting, g.busy = nil, true
	g.next++
	number := g.next
	g.mu.Unlock()
	_, err := g.file.Write(records)
	if err == nil {
		err = unix.Fdatasync(int(g.file.Fd()))
	}
	g.mu.Lock()
	if err != nil {
		g.failed = fmt.Errorf("append: %w", err)
	}
	g.synced, g.busy = number, false
	g.turn.Broadcast()
}

// fsynced is how long one append and fdatasync take alone on this disk: the
// middle of some.
func fsynced(dir string) (time.Duration, error) {
	file, err := os.Create(filepath.Join(dir, "alone"))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	g := &grouped{file: file}
	g.turn.L = &g.mu
	took := make([]time.Duration, 101)
	for i := range took {
		began := time.Now()
		if err := g.append(make([]byte, 200)); err != nil {
			return 0, err
		}
		took[i] = time.Since(began)
	}
	return median(took), nil
}
