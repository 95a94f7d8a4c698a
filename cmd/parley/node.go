package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"gocloud.dev/blob"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/cmd/parley/backup"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/acme"
	"github.com/parley-engine/parley/transport/config"
	"github.com/parley-engine/parley/transport/outbound"
	"github.com/parley-engine/parley/transport/traces"
)

// journal is what a node needs of its store, beyond the engine's needs.
type journal interface {
	actors.Journal
	Stats() persistence.Stats
	Checkpoint(dir string) error
	Renew(now time.Time) (epoch, kept, base uint64, err error)
	Close() error
}

// openStore opens the journal of a data folder.
func openStore(dir string, o persistence.Options) (journal, error) {
	store, err := persistence.Open(dir, o)
	if err != nil {
		return nil, err
	}
	return store, nil
}

// node is one process's parts, tied together.
type node struct {
	log      *slog.Logger
	drainFor time.Duration
	secret   []byte // of development tokens, nil without --dev
	tokens   transport.AuthOptions
	public   net.Listener
	admin    net.Listener
	journal  journal
	engine   *actors.Engine
	server   *transport.Server
	files    *blob.Bucket
	data     string // the folder
	outbound *outbound.Outbound
	traces   *traces.Follower // nil without an endpoint

	starting atomic.Pointer[actors.Engine] // what /readyz is told by while it starts
	startup  *transport.Startup
	operator *http.Server // on admin, from the first moment on
	broken   chan error   // listeners that do not accept any more

	since time.Time // of a take-over: when the other process was told to leave

	// What the listeners show; their zero values nothing.
	display, adminDisplay display
	orders                *acme.Certificates // nil without
}

// open ties a node together. It takes the addresses and then the folder before
// it writes anything, and lets go of all if one cannot be had. In a take-over
// all that can go wrong without the folder comes before the other process is
// told to leave.
func (m Main) open(ctx context.Context, c *serveCommand, s *config.Settings, log *slog.Logger) (n *node, err error) {
	n = &node{log: log, drainFor: c.DrainFor, data: c.Data, broken: make(chan error, 2)}
	defer func() {
		if err != nil {
			n.release()
		}
	}()
	if err = n.certified(s); err != nil {
		return n, usage(err)
	}
	var auth transport.Verifier
	if !c.Dev {
		if auth, err = transport.NewAuth(ctx, s.Auth); err != nil {
			return n, usage(err)
		}
	}
	if err = n.listen(ctx, c, s); err != nil {
		return n, usage(err)
	}
	set := metrics.NewSet()
	n.answerOperator(set)
	if n.journal, err = m.openJournal(c.Data, persistence.Options{Logger: log, OnSync: onSync(set)}); err != nil {
		return n, refused(err)
	}
	log.Info("recovering", "admin", n.admin.Addr().String())
	journalGauges(set, n.journal)
	if err = backup.Sweep(c.Data); err != nil {
		return n, fmt.Errorf("remove what an interrupted backup left: %w", err)
	}
	if c.Dev {
		if auth, err = n.devAuth(ctx, c.Data, &s.Edge); err != nil {
			return n, err
		}
	}
	if n.files, err = openFiles(ctx, c.Attachments, c.Data); err != nil {
		return n, usage(err)
	}
	n.tokens = s.Auth
	if c.Dev {
		n.tokens = transport.AuthOptions{Secret: n.secret}
	}
	if s.AnswerWithin == 0 {
		syncs, _ := syncTimes(c.Data) // a folder that nobody can write to is named by the store
		s.AnswerWithin = answerWithin(syncs)
		n.log.Info("a full node refuses as many new chats as keep its answers within", "answer_within", s.AnswerWithin)
	}
	if err = n.start(ctx, s, c.Retention, m.now); err != nil {
		return n, err
	}
	set.RegisterMetricsWriter(n.engine.WriteMetrics)
	set.RegisterMetricsWriter(n.certificateGauges)
	m.watchDisk(ctx, &diskWatch{limits: c.diskLimits, dir: c.Data, refuse: n.engine.RefuseStarts, log: log}, set)
	edge := s.Edge
	edge.Engine, edge.Past, edge.Auth, edge.Config, edge.Log, edge.Metrics = transport.Over(n.engine), n.engine, auth, n.engine.Config, log, set
	edge.Busy, edge.Signing = n.engine.Busy, n.tokens
	edge.Presentable, edge.MostConnections = n.presentable, mostConnections()
	if err = n.tellOthers(s.Events, set); err != nil {
		return n, err
	}
	if err = n.trace(ctx, s.Traces, set); err != nil {
		return n, err
	}
	n.administered(&edge)
	edge.Trail = n.engine
	edge.Files = &transport.Files{Bucket: n.files, View: n.engine.ViewChat, Earlier: n.engine.Earlier, Sent: n.engine.SentFile, Sync: syncFiles(filesFolder(c.Attachments, c.Data))}
	if c.Dev {
		edge.Pages, edge.Dev = &transport.Pages{}, n.devSignIn()
	}
	n.server, err = transport.New(edge)
	return n, err
}

// listen opens the two listeners, or takes those that are open already, and
// with them the place of the process that serves the folder.
func (n *node) listen(ctx context.Context, c *serveCommand, s *config.Settings) error {
	given, err := activated()
	if err != nil {
		return err
	}
	var before *predecessor
	if c.TakeOver {
		switch before, err = claim(ctx, c.Data); {
		case errors.Is(err, errNobody):
			n.log.Info("there is nobody to take over from")
		case err != nil:
			return err
		default:
			given.close() // systemd's are those that the other process has
			given = before.sockets
		}
	}
	defer given.close()
	if n.public, err = given.listen(publicSocket, s.Listen, n.log); err == nil {
		n.admin, err = given.listen(adminSocket, s.AdminListen, n.log)
	}
	if before == nil {
		return err
	}
	if err != nil {
		before.keep()
		return err
	}
	n.since = time.Now()
	return before.leave(c.DrainFor + handOverWithin)
}

func (n *node) start(ctx context.Context, s *config.Settings, retention time.Duration, now func() time.Time) error {
	cfg, note, err := n.configured(s)
	if err != nil {
		return err
	}
	engine, err := actors.New(actors.Options{Journal: n.journal, Acquired: n.rewrap, Config: cfg, ConfigNote: note, Logger: n.log, Retention: retention,
		Forgetting: n.forgetFiles, AnswerTarget: s.AnswerWithin, Now: now})
	if err != nil {
		return err
	}
	n.starting.Store(engine)
	if err := engine.Start(ctx); err != nil {
		if n.journal.Err() != nil || errors.Is(err, persistence.ErrCorrupt) {
			return journalFailed(err)
		}
		return fmt.Errorf("start: %w", err)
	}
	n.engine = engine
	return nil
}

// forgetFiles removes the attachments of a chat that has become too old.
func (n *node) forgetFiles(chat acd.ChatID) error {
	return (&transport.Files{Bucket: n.files}).Erase(context.Background(), chat)
}

// devAuth believes the tokens that this folder's secret signs, and spares who
// tries things out on one machine the limits that are meant for a network.
func (n *node) devAuth(ctx context.Context, dir string, edge *transport.Options) (transport.Verifier, error) {
	secret, err := ensureDevSecret(dir)
	if err != nil {
		return nil, usage(err)
	}
	n.secret = secret
	edge.TrustLoopback = true
	edge.DrainSpread = time.Second
	return transport.NewAuth(ctx, transport.AuthOptions{Secret: secret})
}

// release lets go of everything, in the order in which others stop needing it.
func (n *node) release() {
	n.traces.Stop()
	if n.orders != nil {
		n.orders.Stop()
	}
	if n.outbound != nil {
		n.outbound.Stop()
	}
	if n.engine != nil {
		n.engine.Stop()
	}
	if n.journal != nil {
		if err := n.journal.Close(); err != nil {
			n.log.Error("journal close", "err", err)
		}
	}
	if n.files != nil {
		if err := n.files.Close(); err != nil {
			n.log.Error("attachments close", "err", err)
		}
	}
	if n.operator != nil {
		_ = n.operator.Close() // and with it the requests that waited for a start that failed
	}
	for _, l := range []net.Listener{n.admin, n.public} {
		if l != nil {
			_ = l.Close() // whoever served on it has closed it before
		}
	}
}

// refused gives a journal that would not open its exit code.
func refused(err error) error {
	if errors.Is(err, persistence.ErrCorrupt) || errors.Is(err, persistence.ErrFailed) {
		return journalFailed(err)
	}
	return usage(err)
}

// journalFailed says so in words that an operator can search for.
func journalFailed(err error) error {
	said := persistence.ErrFailed.Error() + ": "
	return &exitError{exitJournal, fmt.Errorf("journal failed: %s", strings.TrimPrefix(err.Error(), said))}
}
