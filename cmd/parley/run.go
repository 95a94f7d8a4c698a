package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/parley-engine/parley/transport"
)

// serve announces the node and serves until ctx is done, then drains. When the
// journal fails it returns at once: state that is not on disk must not be
// answered with, nor kept.
func (n *node) serve(ctx context.Context, out io.Writer) error {
	claims, end := heirs(n.data, n.log)
	defer end()
	public, admin := n.http(n.server.Handler()), n.operator
	if err := n.order(); err != nil {
		n.release()
		return err
	}
	go n.accept(public, n.display.over(limited(n.public)))
	n.startup.Started(n.server.AdminHandler())
	if err := n.announce(out); err != nil {
		n.release()
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return n.drain(public, admin)
		case <-n.journal.Failed():
			return n.fail(public, admin)
		case err := <-n.broken:
			n.release()
			return err
		case heir := <-claims:
			if left, err := n.handOver(heir, public, admin); left {
				return err
			}
		}
	}
}

// answerOperator serves the operator's listener while there is no server yet.
func (n *node) answerOperator(set *metrics.Set) {
	n.startup = transport.NewStartup(set, n.recovering)
	n.operator = n.http(n.startup)
	go n.accept(n.operator, n.adminDisplay.over(n.admin))
}

// recovering says how far the start has come.
func (n *node) recovering() transport.Recovery {
	engine := n.starting.Load()
	if engine == nil { // the store's own log is read back
		return transport.Recovery{Step: "journal"}
	}
	r := engine.Recovering()
	return transport.Recovery{Step: r.Step, Records: r.Records, Chats: r.Chats}
}

// http is a server whose complaints about who breaks off a handshake are no news.
func (n *node) http(h http.Handler) *http.Server {
	s := transport.HTTP(h)
	s.ErrorLog = slog.NewLogLogger(n.log.Handler(), slog.LevelDebug)
	return s
}

func (n *node) accept(server *http.Server, l net.Listener) {
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		n.broken <- fmt.Errorf("accept on %s: %w", l.Addr(), err)
	}
}

// announce says where the node listens: to whoever started it, by the first
// line, and to systemd.
func (n *node) announce(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "listening on %s://%s (admin %s://%s)\n",
		n.display.scheme(), n.public.Addr(), n.adminDisplay.scheme(), n.admin.Addr()); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	if n.secret != nil {
		if err := greet(out, n.public.Addr().String(), n.secret, n.engine.Config()); err != nil {
			return fmt.Errorf("announce: %w", err)
		}
	}
	n.notify(daemon.SdNotifyReady)
	if !n.since.IsZero() {
		n.log.Info("taken over", "pause", time.Since(n.since).Round(time.Millisecond))
	}
	n.log.Info("serving", "listen", n.public.Addr().String(), "admin", n.admin.Addr().String(), "version", version())
	return nil
}

// notify tells systemd, if that is who started us.
func (n *node) notify(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		n.log.Warn("systemd notify", "err", err)
	}
}

// drain sends everybody away and ends in good order. The operator's listener
// stays until the end, so that the drain can be watched.
func (n *node) drain(public, admin *http.Server) error {
	n.notify(daemon.SdNotifyStopping)
	n.log.Info("draining", "for", n.drainFor)
	n.engine.Drain()
	ctx, cancel := context.WithTimeout(context.Background(), n.drainFor)
	defer cancel()
	gone := make(chan error, 1)
	go func() { gone <- errors.Join(n.server.Drain(ctx, "drain"), public.Shutdown(ctx)) }()
	select {
	case err := <-gone:
		if err != nil {
			n.log.Warn("drain cut short", "err", err)
		}
	case <-n.journal.Failed():
		return n.fail(public, admin)
	}
	_ = public.Close() // what Shutdown left behind
	n.release()
	_ = admin.Close() // its listener is closed already
	n.log.Info("stopped")
	return nil
}

// handOverWithin is how long a hand-over may take beside the drain, which is
// mostly the journal's last flush.
const handOverWithin = 20 * time.Second

// requestsWithin is how long requests that are not websockets may take to end in
// a hand-over. Everybody else waits for them.
const requestsWithin = time.Second

// handOver leaves everything to another process, or goes on if that cannot take
// it. New chats are not refused meanwhile: whoever is still heard is answered,
// and everybody else is heard by the successor.
func (n *node) handOver(heir *talk, public, admin *http.Server) (left bool, err error) {
	defer heir.conn.Close()
	if err := heir.bequeath(map[string]net.Listener{publicSocket: n.public, adminSocket: n.admin}); err != nil {
		n.log.Warn("not handed over, going on", "err", err)
		return false, nil
	}
	n.notify(daemon.SdNotifyStopping)
	n.log.Info("handing over")
	ctx, cancel := context.WithTimeout(context.Background(), n.drainFor)
	defer cancel()
	_, _ = n.public.Close(), n.admin.Close() // from here on the kernel keeps who comes
	gone := make(chan error, 1)
	go func() {
		err := n.server.HandOver(ctx)
		brief, cancel := context.WithTimeout(ctx, requestsWithin)
		defer cancel()
		_, _ = public.Shutdown(brief), admin.Shutdown(brief)
		gone <- err
	}()
	select {
	case err := <-gone:
		if err != nil {
			n.log.Warn("drain cut short", "err", err)
		}
	case <-n.journal.Failed():
		return true, n.fail(public, admin)
	}
	_, _ = public.Close(), admin.Close() // what Shutdown left behind
	n.release()
	if err := heir.say(wordYours); err != nil {
		return true, fmt.Errorf("hand over: %w", err)
	}
	n.log.Info("handed over")
	return true, nil
}

// fail cuts everybody off: nothing may leave a node that cannot write. The
// engine is not stopped in order, it ends with the process.
func (n *node) fail(public, admin *http.Server) error {
	_, _ = public.Close(), admin.Close()
	return journalFailed(n.journal.Err())
}
