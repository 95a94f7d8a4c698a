package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/parley-engine/parley/bench/child"
)

// meter reads what server and generator take. Without a server of its own it
// reads the generator alone.
type meter struct {
	server *child.Server
	dir    string

	empty, full int64 // resident bytes without connections, and with all
	connections int64
	from, until reading
	peak        int64
}

// reading is everything at one moment.
type reading struct {
	at                  time.Duration
	server              child.Usage
	generator           float64 // CPU seconds
	completed, messages int64
	arrived, offered    int64
	live                int64
}

func (m *meter) before() {
	if m.server != nil {
		u, _ := m.server.Usage()
		m.empty = u.RSS
	}
}

func (m *meter) connected(n int64) {
	m.connections = n
	if m.server != nil {
		u, _ := m.server.Usage()
		m.full = u.RSS
	}
}

func (m *meter) start(c *crowd) (err error) { m.from, err = m.read(c); return err }
func (m *meter) end(c *crowd) (err error)   { m.until, err = m.read(c); return err }

func (m *meter) read(c *crowd) (r reading, err error) {
	if m.server != nil {
		if r.server, err = m.server.Usage(); err != nil {
			return r, err
		}
	}
	r.at, r.generator = c.now(), generatorCPU()
	r.completed, r.messages, r.arrived, r.offered = c.counts.completed.Load(), c.counts.messages.Load(), c.counts.arrived.Load(), c.counts.offered.Load()
	r.live = c.live.Load()
	return r, nil
}

// now is the server's CPU seconds and memory, zero while it is not there.
func (m *meter) now() (cpu float64, rss int64) {
	if m.server == nil {
		return 0, 0
	}
	u, err := m.server.Usage()
	if err != nil {
		return 0, 0
	}
	m.peak = max(m.peak, u.RSS)
	return u.CPU, u.RSS
}

func generatorCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return seconds(u.Utime) + seconds(u.Stime)
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// profiled is how many seconds of a run go into a profile: it has to be there
// before the load ends, so the last second stays out.
func profiled(measured time.Duration) int {
	return max(1, int(min(measured, 31*time.Second)/time.Second)-1)
}

// profileServer fetches a CPU profile of the server.
func (r *run) profileServer(ctx context.Context, seconds int) {
	if err := r.fetchProfile(ctx, seconds); err != nil {
		r.log.Error("profile of the server", "err", err)
	}
}

func (r *run) fetchProfile(ctx context.Context, seconds int) error {
	url := fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", r.server.Admin(), seconds)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	f, err := os.Create(r.options.CPUProfile)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, answer.Body); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
