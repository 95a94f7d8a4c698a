// Command parley is the engine: it serves chats, makes development tokens and
// checks configurations. Run it with --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, release) // a second signal ends the process at once
	os.Exit(Main{Out: os.Stdout, Err: os.Stderr}.Run(ctx, os.Args[1:]))
}
