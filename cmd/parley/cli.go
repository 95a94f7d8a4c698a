package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/sim"
	"github.com/parley-engine/parley/persistence"
)

// Exit codes. A script can tell what is its own mistake from what is not.
const (
	exitOK      = 0
	exitFailure = 1 // something else
	exitUsage   = 2 // flags, files, addresses, data folder: nothing was touched
	exitJournal = 3 // the disk failed while serving, or its bytes are damaged
)

// Main is the program, so that tests can start it as the shell does.
type Main struct {
	Out io.Writer // what was asked for
	Err io.Writer // logs, and one line about why the program ends

	// openJournal opens the data folder; nil is openStore.
	openJournal func(dir string, o persistence.Options) (journal, error)
	// reload is a signal to read the configuration again; nil is SIGHUP.
	reload <-chan os.Signal
	// freeSpace says how much room a folder's disk has, nil is persistence.FreeSpace;
	// diskTicks is when to look, nil is every diskEvery.
	freeSpace func(dir string) (uint64, error)
	diskTicks <-chan time.Time
	// now is the wall clock that the engine reads at its start; nil is the real one.
	now func() time.Time
	// keys are what the keys of texts are wrapped under; nil leaves them bare.
	keys *actors.MasterKeys
}

// commands is the grammar of the command line.
type commands struct {
	MasterKey string `name:"master-key" env:"PARLEY_MASTER_KEY" placeholder:"PLACE" help:"What the keys of texts are wrapped under: a file, or env:NAME; bare without it. See parley master-key."`
	MasterBy  string `name:"master-key-by" env:"PARLEY_MASTER_KEY_BY" placeholder:"ADDRESS" help:"Who opens the master key first: an address of a keeper: hashivault://KEY (at VAULT_ADDR, with VAULT_TOKEN), awskms:///ID?region=REGION, or base64key://KEY; nobody without it."`

	Serve   serveCommand   `cmd:"" help:"Serve chats until SIGTERM, then drain."`
	Token   tokenCommand   `cmd:"" help:"Print a development token."`
	Check   checkCommand   `cmd:"" help:"Name all problems of a configuration file."`
	Version versionCommand `cmd:"" help:"Print the version."`
	Master  masterCommand  `cmd:"" name:"master-key" help:"Print a new master key, for the first line of its file."`
	Bench   benchCommand   `cmd:"" help:"Load a server and say what it did."`

	Apply  applyCommand  `cmd:"" help:"Make the configuration of a running node what a file says."`
	Events eventsCommand `cmd:"" help:"Print what happens in a running node, in order, one event a line."`
	Export exportCommand `cmd:"" help:"Print the configuration of a running node, as a file that apply takes."`

	Backup  backupCommand  `cmd:"" help:"Copy all data of a running node to a folder or a bucket."`
	Restore restoreCommand `cmd:"" help:"Make a data folder out of a backup."`

	Top        topCommand        `cmd:"" help:"Show a running node on a terminal: queues, agents, sockets, actors, journal, rates and latencies."`
	Report     reportCommand     `cmd:"" help:"Report waits, service level, handling, transfers and occupancy."`
	Doctor     doctorCommand     `cmd:"" help:"Look for what is wrong with this machine, the configuration and the data, and say what to do."`
	Man        manCommand        `cmd:"" help:"Print the manual's page."`
	Completion completionCommand `cmd:"" help:"Print the completion for a shell."`

	Explain    explainCommand    `cmd:"" help:"Say why each offer of a chat went to whom it went."`
	Replay     replayCommand     `cmd:"" help:"Show a chat as it was after each of its records."`
	History    historyCommand    `cmd:"" help:"List ended chats."`
	Audit      auditCommand      `cmd:"" help:"List what supervisors and administrators did, and were refused."`
	Transcript transcriptCommand `cmd:"" help:"Export a chat's transcript."`
	Erase      eraseCommand      `cmd:"" help:"Destroy what was said in ended chats, and of whom: all of a customer's, or one."`
	CheckData  checkDataCommand  `cmd:"" help:"Hold a whole data folder against every invariant."`
	Sim        simCommand        `cmd:"" help:"Run the engine in worlds that are out to break it."`
}

// parser reads command lines into a grammar.
func (m Main) parser(ctx context.Context, grammar *commands, exit func(int)) (*kong.Kong, error) {
	return kong.New(grammar,
		kong.Name("parley"),
		kong.Description("A real-time engine for contact-centre chats."),
		kong.Writers(m.Out, m.Err),
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Vars{"sim_faults": sim.FaultKinds()},
		kong.Bind(m),
	)
}

// Run does what args ask for, until it is done or ctx is, and returns the exit
// code. An error is one line on Err.
func (m Main) Run(ctx context.Context, args []string) int {
	if m.openJournal == nil {
		m.openJournal = openStore
	}
	exited := -1
	grammar := &commands{}
	parser, err := m.parser(ctx, grammar, func(code int) { exited = code })
	if err != nil {
		panic(fmt.Sprintf("the grammar is wrong: %v", err))
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // help was asked for and printed
		return exited
	}
	if err == nil {
		m.keys, err = masterKeys(ctx, grammar.MasterKey, grammar.MasterBy)
	}
	if err != nil {
		err = usage(err)
	} else {
		m.openJournal = m.keyed(m.openJournal)
		err = command.Run(m)
	}
	return m.end(err)
}

func (m Main) end(err error) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(m.Err, "parley: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	if coded := new(exitError); errors.As(err, &coded) {
		return coded.code
	}
	return exitFailure
}

// exitError is an error that ends the program with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usage marks an error as the caller's: nothing has been touched.
func usage(err error) error { return &exitError{exitUsage, err} }
