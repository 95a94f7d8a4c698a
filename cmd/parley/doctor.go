package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/parley-engine/parley/cmd/parley/backup"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/config"
)

type doctorCommand struct {
	Config      string `env:"PARLEY_CONFIG" placeholder:"FILE" help:"Configuration, as with serve."`
	Dev         bool   `env:"PARLEY_DEV" help:"Development, as with serve."`
	Listen      string `env:"PARLEY_LISTEN" placeholder:"ADDR" help:"Where clients connect, as with serve."`
	AdminListen string `env:"PARLEY_ADMIN_LISTEN" placeholder:"ADDR" help:"The operator's address, as with serve."`
	Data        string `default:"./parley-data" env:"PARLEY_DATA" placeholder:"DIR" help:"Data folder (${default})."`
	Attachments string `env:"PARLEY_ATTACHMENTS" placeholder:"PLACE" help:"Where attachments are kept, as with serve."`
	Backups     string `env:"PARLEY_BACKUPS" placeholder:"PLACE" help:"Where backups are kept; they are not looked for without it."`
	Audit       bool   `help:"Hold all of the data against every invariant, as check-data does. The node has to be stopped."`
}

// finding is one thing that was looked at.
type finding struct {
	grave grave
	about string
	what  string
	do    string // empty when nothing has to be done
}

type grave int

const (
	fine    grave = iota
	warning       // it works, and will not when it matters
	problem       // it does not work
)

func (g grave) String() string { return [...]string{"ok", "warning", "problem"}[g] }

// Limits that a finding is a warning or a problem below.
const (
	littleSpace   = 10 << 30
	tooLittle     = 1 << 30
	fewFiles      = 65536
	slowSync      = 50 * time.Millisecond
	oldBackup     = 26 * time.Hour // one a day, and some time to take it
	lookingAround = 10 * time.Second
)

// Run looks at everything and names each finding with what to do. A problem ends
// the program with an error.
func (c *doctorCommand) Run(ctx context.Context, m Main) error {
	d := &doctor{command: c, main: m}
	ctx, cancel := context.WithTimeout(ctx, lookingAround)
	defer cancel()
	d.settings(ctx)
	d.addresses(ctx)
	d.disk()
	d.files()
	d.clock()
	d.store()
	d.attachments(ctx)
	d.backups(ctx)
	if d.problems > 0 {
		return fmt.Errorf("%s, %s", count(d.problems, "problem"), count(d.warnings, "warning"))
	}
	return nil
}

type doctor struct {
	command            *doctorCommand
	main               Main
	listen, admin      string
	warnings, problems int
}

func (d *doctor) say(f finding) {
	switch f.grave {
	case warning:
		d.warnings++
	case problem:
		d.problems++
	}
	fmt.Fprintf(d.main.Out, "%-8s %-12s %s\n", f.grave, f.about, f.what)
	if f.do != "" {
		fmt.Fprintf(d.main.Out, "%21s %s\n", "do:", f.do)
	}
}

func (d *doctor) good(about, format string, args ...any) {
	d.say(finding{about: about, what: fmt.Sprintf(format, args...)})
}

// settings looks at the configuration, and at the keys that tokens are checked
// with.
func (d *doctor) settings(ctx context.Context) {
	serve := &serveCommand{Config: d.command.Config, Dev: d.command.Dev}
	s, err := serve.file()
	d.listen = cmp.Or(d.command.Listen, "127.0.0.1:8080")
	d.admin = cmp.Or(d.command.AdminListen, "127.0.0.1:8081")
	if list := new(config.Problems); errors.As(err, &list) {
		d.say(finding{problem, "config", fmt.Sprintf("%s: %s, the first: %s", d.command.Config, count(len(list.List), "problem"), list.List[0].Text),
			"parley check " + d.command.Config + " names them all"})
		return
	}
	if err != nil {
		d.say(finding{problem, "config", err.Error(), "write a configuration, beginning with cmd/parley/example.yaml, and name it with --config"})
		return
	}
	d.listen = cmp.Or(d.command.Listen, s.Listen, d.listen)
	d.admin = cmp.Or(d.command.AdminListen, s.AdminListen, d.admin)
	d.good("config", "%s, %s, %s", count(len(s.Engine.Queues), "queue"), count(len(s.Engine.Agents), "agent"), count(len(s.Engine.Sources), "source"))
	if !config.Loopback(d.admin) {
		d.say(finding{warning, "admin", d.admin + " can be reached from other machines, and metrics and profiles need no token there",
			"set admin_listen to a loopback address, or let a firewall or a network policy stand before it"})
	}
	switch {
	case d.command.Dev:
		d.say(finding{warning, "tokens", "development mode: whoever reads the data folder is anybody", "set tokens in the configuration and leave --dev out before real customers come"})
	case !s.HasKeys():
		d.say(finding{problem, "tokens", "no key to check a token with", "set tokens.jwks_url, or tokens.secret_file, in the configuration"})
	default:
		if _, err := transport.NewAuth(ctx, s.Auth); err != nil {
			d.say(finding{problem, "tokens", err.Error(), "see that the key set can be reached from here, and that it has keys of RS256, ES256 or EdDSA"})
			return
		}
		d.good("tokens", "the keys of %s can be read", s.Auth.Issuer)
	}
}

// addresses looks whether they can be had, or who has them.
func (d *doctor) addresses(ctx context.Context) {
	for _, a := range []struct{ about, address string }{{"listen", d.listen}, {"admin", d.admin}} {
		l, err := net.Listen("tcp", a.address)
		switch {
		case err == nil:
			_ = l.Close()
			d.good(a.about, "%s is free", a.address)
		case d.parleyAt(ctx, a.address):
			d.good(a.about, "a node answers at %s", a.address)
		default:
			d.say(finding{problem, a.about, err.Error(), "end the program that has the address (ss -ltnp shows it), or choose another one"})
		}
	}
}

// parleyAt reports whether a node answers there, behind whatever certificate:
// nothing is told to it.
func (d *doctor) parleyAt(ctx context.Context, address string) bool {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, scheme := range []string{"http://", "https://"} {
		ask, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+address+"/healthz", nil)
		if err != nil {
			return false
		}
		resp, err := client.Do(ask)
		if err != nil {
			continue
		}
		if resp.Body.Close() == nil && resp.StatusCode == http.StatusOK {
			return true
		}
	}
	return false
}

// disk looks at the folder's rights, at the space around it and at how long the
// disk takes to make something durable.
func (d *doctor) disk() {
	at := d.command.Data
	info, err := os.Stat(at)
	if errors.Is(err, fs.ErrNotExist) {
		d.good("data", "%s is not there yet, the first start makes it", at)
		at = filepath.Dir(filepath.Clean(at))
	} else if err != nil {
		d.say(finding{problem, "data", err.Error(), "let the user of the node read and write the folder"})
		return
	} else if info.Mode().Perm()&0o007 != 0 {
		d.say(finding{warning, "data", fmt.Sprintf("%s is open to every user of this machine (%s)", at, info.Mode().Perm()), "chmod o= " + at})
	}
	took, err := syncTimes(at)
	longest := slices.Max(append(took, 0))
	switch {
	case err != nil:
		d.say(finding{problem, "disk", err.Error(), "let the user of the node write to " + at})
		return
	case longest > slowSync:
		d.say(finding{warning, "disk", fmt.Sprintf("a sync takes up to %s, and every answer waits for one", longest.Round(time.Millisecond)), "use a disk of its own, or a faster one, under " + at})
	default:
		d.good("disk", "a sync takes up to %s", longest.Round(10*time.Microsecond))
	}
	free, err := persistence.FreeSpace(at)
	switch do := "make room, or set --retention so that old chats go"; {
	case err != nil:
		d.say(finding{problem, "space", err.Error(), "look at the disk under " + at})
	case free < tooLittle:
		d.say(finding{problem, "space", fmt.Sprintf("%d MiB are free; a full disk ends the node", free>>20), do})
	case free < littleSpace:
		d.say(finding{warning, "space", fmt.Sprintf("%d MiB are free", free>>20), do})
	default:
		d.good("space", "%d GiB are free", free>>30)
	}
}

// files looks how many the process may have open: each connection is one.
func (d *doctor) files() {
	most, err := openFilesLimit()
	switch {
	case err != nil:
		d.good("open files", "not known on this system")
	case most < fewFiles:
		d.say(finding{warning, "open files", fmt.Sprintf("at most %d, and each connection is one", most), fmt.Sprintf("raise the limit: ulimit -n %d, or LimitNOFILE=%d in the unit", fewFiles, fewFiles)})
	default:
		d.good("open files", "at most %d", most)
	}
}

// clock looks whether it is kept, and whether it was later before.
func (d *doctor) clock() {
	now := time.Now()
	if kept, known := clockIsKept(); known && !kept {
		d.say(finding{warning, "clock", "nothing keeps it: tokens will be refused when it is off, and times in reports wrong", "start a time service, such as systemd-timesyncd or chrony"})
	} else {
		d.good("clock", "%s", now.UTC().Format(time.RFC3339))
	}
	if info, err := os.Stat(filepath.Join(d.command.Data, "JOURNAL")); err == nil && info.ModTime().After(now.Add(time.Minute)) {
		d.say(finding{problem, "clock", "the journal was made at " + info.ModTime().UTC().Format(time.RFC3339) + ", which is still to come", "set the clock right before the node starts"})
	}
}

// store looks whether the journal opens, and at all that is in it if that is
// wanted. A node that is running has it.
func (d *doctor) store() {
	if _, err := os.Stat(d.command.Data); errors.Is(err, fs.ErrNotExist) {
		return
	}
	if entries, err := os.ReadDir(d.command.Data); err == nil && len(entries) == 0 {
		return
	}
	j, err := d.main.openJournal(d.command.Data, persistence.Options{LockWait: -1})
	switch {
	case errors.Is(err, persistence.ErrInUse):
		d.good("journal", "a node has it open")
		return
	case err != nil:
		d.say(finding{problem, "journal", err.Error(), "keep the folder as it is, and make another one with parley restore"})
		return
	}
	defer j.Close()
	if !d.command.Audit {
		d.good("journal", "it opens; --audit looks through all of it")
		return
	}
	if err := d.main.auditData(j, d.command.Data); err != nil {
		d.say(finding{problem, "journal", err.Error(), "keep the folder as it is, and make another one with parley restore --verify"})
		return
	}
	d.good("journal", "every invariant holds")
}

func (d *doctor) attachments(ctx context.Context) {
	if d.command.Attachments == "" {
		return
	}
	bucket, err := openFiles(ctx, d.command.Attachments, d.command.Data)
	if err == nil {
		var reached bool
		reached, err = bucket.IsAccessible(ctx)
		if err == nil && !reached {
			err = errors.New("it cannot be reached")
		}
		_ = bucket.Close()
	}
	if err != nil {
		d.say(finding{problem, "attachments", d.command.Attachments + ": " + err.Error(), "see that the place is there and that this user may read and write it"})
		return
	}
	d.good("attachments", "%s can be reached", d.command.Attachments)
}

// backups looks how old the newest one is.
func (d *doctor) backups(ctx context.Context) {
	if d.command.Backups == "" {
		return
	}
	do := "run parley backup --to " + d.command.Backups + " every day"
	depot, err := openDepot(ctx, d.command.Backups)
	if err != nil {
		d.say(finding{problem, "backups", err.Error(), do})
		return
	}
	defer depot.bucket.Close()
	name, err := depot.newest(ctx)
	if err != nil {
		d.say(finding{problem, "backups", err.Error(), do})
		return
	}
	taken, err := backup.Taken(name)
	switch {
	case err != nil:
		d.say(finding{problem, "backups", err.Error(), do})
	case time.Since(taken) > oldBackup:
		d.say(finding{warning, "backups", fmt.Sprintf("the newest, %s, is %s old", name, time.Since(taken).Round(time.Minute)), do})
	default:
		d.good("backups", "the newest is %s", name)
	}
}
