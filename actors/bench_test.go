package actors_test

import (
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

// BenchmarkLifecycle plays whole chats in process, without sockets, every
// change durable before its answer: start, offer, accept, ten messages of the
// agent, end, wrap-up. One operation is one chat.
func BenchmarkLifecycle(b *testing.B) {
	each(b, playbill{agents: 64, guests: 256, messages: 10})
}

// BenchmarkReference plays the reference lifecycle: start, offer, accept, ten
// messages in turns, transfer to another queue, second offer, second accept,
// end, two wrap-ups.
func BenchmarkReference(b *testing.B) {
	each(b, playbill{agents: 64, guests: 256, messages: 10, talk: true, transfer: true})
}

// playbill says what is played: how many guests open one chat after the other,
// how many agents serve in each queue, and what happens in a chat.
type playbill struct {
	agents, guests, messages int
	talk                     bool // the customer writes every other message
	transfer                 bool
}

func each(b *testing.B, bill playbill) {
	for _, kind := range []string{"pebble", "memory"} {
		b.Run(kind, func(b *testing.B) {
			j := openCounted(b, kind)
			e := newBenchEngine(b, j, bill.agents)
			bill.play(b, e, j)
		})
	}
}

func newBenchEngine(b *testing.B, j actors.Journal, agents int) *actors.Engine {
	b.Helper()
	e, err := actors.New(actors.Options{Journal: j, Config: benchConfig(agents)})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Stop)
	return e
}

// benchConfig has so many agents in each of two queues, with room for six
// chats each.
func benchConfig(agents int) *acd.Config {
	cfg := testConfig()
	for _, queue := range []acd.QueueID{"support", "sales"} {
		for i := range agents {
			id := benchAgent(queue, i)
			cfg.Agents[id] = &acd.AgentProfile{ID: id, Name: string(id), Queues: []acd.QueueID{queue}, Capacity: 6}
		}
	}
	return cfg
}

func benchAgent(queue acd.QueueID, i int) acd.AgentID {
	return acd.AgentID(string(queue) + strconv.Itoa(i))
}

// counted is a journal that counts what goes into it.
type counted struct {
	actors.Journal
	records, rows, bytes, syncs atomic.Int64
}

// Append implements actors.Journal.
func (c *counted) Append(e actors.Entry) {
	n := len(e.Record) + len(e.Snapshot)
	for i := range e.Rows {
		n += len(e.Rows[i].Key) + len(e.Rows[i].Value)
	}
	if e.Record != nil {
		c.records.Add(1)
	}
	c.rows.Add(int64(len(e.Rows)))
	c.bytes.Add(int64(n))
	c.Journal.Append(e)
}

func openCounted(b *testing.B, kind string) *counted {
	c := &counted{}
	if kind == "memory" {
		c.Journal = persistence.NewMemory()
		return c
	}
	store, err := persistence.Open(b.TempDir(), persistence.Options{OnSync: func(int, time.Duration) { c.syncs.Add(1) }})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	c.Journal = store
	return c
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// headroom is what a node allocates between two garbage collections at least:
// the rule of cmd/parley, without which a fifth of a small node's time goes into
// collecting.
const headroom = 192 << 20

// collectAsServed has the process collect as the program does, unless GOGC says
// otherwise.
func collectAsServed(b *testing.B) {
	if os.Getenv("GOGC") != "" {
		return
	}
	live := max(heap(), headroom/20)
	old := debug.SetGCPercent(int(max(100, 100*headroom/live)))
	b.Cleanup(func() { debug.SetGCPercent(old) })
}

// play plays b.N chats and reports what one costs.
func (bill playbill) play(b *testing.B, e *actors.Engine, j *counted) {
	stage := newStage(b, e, bill)
	collectAsServed(b)
	records, rows, bytes, syncs := j.records.Load(), j.rows.Load(), j.bytes.Load(), j.syncs.Load()
	b.ReportAllocs()
	b.ResetTimer()
	began := cpu()
	stage.run(b.N)
	b.StopTimer()
	used, n := cpu()-began, float64(b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), "chats/s")
	b.ReportMetric(float64(used.Microseconds())/n, "cpu-µs/chat")
	b.ReportMetric(float64(j.records.Load()-records)/n, "records/chat")
	b.ReportMetric(float64(j.rows.Load()-rows)/n, "rows/chat")
	b.ReportMetric(float64(j.bytes.Load()-bytes)/n, "journal-B/chat")
	b.ReportMetric(float64(j.syncs.Load()-syncs)/b.Elapsed().Seconds(), "syncs/s")
}
