package persistence_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
)

const (
	benchStreams = 1000
	benchRecord  = 150
)

// appender is what both sides of the comparison do: take bytes, say when they
// are durable.
type appender interface {
	append(stream string, seq uint64, record []byte, done func(error))
	close() error
}

type storeAppender struct {
	s     *persistence.Store
	epoch uint64
}

func newStoreAppender(b *testing.B) *storeAppender {
	s, err := persistence.Open(filepath.Join(b.TempDir(), "data"), persistence.Options{})
	if err != nil {
		b.Fatal(err)
	}
	epoch, err := s.Acquire()
	if err != nil {
		b.Fatal(err)
	}
	return &storeAppender{s, epoch}
}

func (a *storeAppender) append(stream string, seq uint64, record []byte, done func(error)) {
	a.s.Append(persistence.Entry{Epoch: a.epoch, Stream: stream, Seq: seq, Record: record, Done: done})
}

func (a *storeAppender) close() error { return a.s.Close() }

type memoryAppender struct {
	m     *persistence.Memory
	epoch uint64
}

func (a *memoryAppender) append(stream string, seq uint64, record []byte, done func(error)) {
	a.m.Append(persistence.Entry{Epoch: a.epoch, Stream: stream, Seq: seq, Record: record, Done: done})
}

func (a *memoryAppender) close() error { return a.m.Close() }

// fileAppender is the floor: one goroutine writes what is queued to the end of
// a file and syncs it, grouped like the journal. Like a log the file has bytes
// before they are written, so that no sync has to make it longer.
type fileAppender struct {
	file  vfs.File
	mu    sync.Mutex
	more  sync.Cond
	buf   []byte
	dones []func(error)
	ended bool
	gone  chan struct{}
}

func newFileAppender(b *testing.B) *fileAppender {
	file, err := vfs.Default.Create(filepath.Join(b.TempDir(), "log"), vfs.WriteCategoryUnspecified)
	if err != nil {
		b.Fatal(err)
	}
	a := &fileAppender{file: file, gone: make(chan struct{})}
	a.more.L = &a.mu
	go a.run()
	return a
}

func (a *fileAppender) append(_ string, _ uint64, record []byte, done func(error)) {
	a.mu.Lock()
	a.buf = append(a.buf, record...)
	a.dones = append(a.dones, done)
	a.more.Signal()
	a.mu.Unlock()
}

func (a *fileAppender) run() {
	defer close(a.gone)
	var end, filled int64
	zeros := make([]byte, 1<<20)
	var buf []byte
	var dones []func(error)
	for {
		a.mu.Lock()
		for len(a.dones) == 0 && !a.ended {
			a.more.Wait()
		}
		if len(a.dones) == 0 {
			a.mu.Unlock()
			return
		}
		buf, a.buf = a.buf, buf[:0]
		dones, a.dones = a.dones, dones[:0]
		a.mu.Unlock()
		if end += int64(len(buf)); end > filled {
			filled = end + int64(len(zeros))
			if _, err := a.file.WriteAt(zeros, end); err != nil {
				panic(err)
			}
		}
		_, err := a.file.Write(buf)
		if err == nil {
			err = a.file.SyncData()
		}
		for _, done := range dones {
			done(err)
		}
	}
}

func (a *fileAppender) close() error {
	a.mu.Lock()
	a.ended = true
	a.more.Signal()
	a.mu.Unlock()
	<-a.gone
	return a.file.Close()
}

// feeder is one actor: it appends its next record when the last one is durable.
type feeder struct {
	stream string
	seq    uint64
	done   chan error
	answer func(error)
}

func newFeeders() []*feeder {
	fs := make([]*feeder, benchStreams)
	for i := range fs {
		f := &feeder{stream: fmt.Sprintf("chat/0192f3c4-7d1e-7a00-8000-%012x", i*2654435761), done: make(chan error, 1)}
		f.answer = func(err error) { f.done <- err }
		fs[i] = f
	}
	return fs
}

// feed has all feeders append n records together and returns what that took.
func feed(b *testing.B, a appender, fs []*feeder, n int) (wall, cpu time.Duration) {
	b.Helper()
	record := make([]byte, benchRecord)
	for i := range record {
		record[i] = byte(i * 7 % 251)
		if i%3 == 0 {
			record[i] = '0'
		}
	}
	start, cpu0 := time.Now(), cpuTime()
	var wg sync.WaitGroup
	for i, f := range fs {
		count := n / len(fs)
		if i < n%len(fs) {
			count++
		}
		wg.Go(func() {
			for range count {
				f.seq++
				a.append(f.stream, f.seq, record, f.answer)
				if err := <-f.done; err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start), cpuTime() - cpu0
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchAppender(b *testing.B, a appender) {
	fs := newFeeders()
	feed(b, a, fs, 2*benchStreams)
	b.SetBytes(benchRecord)
	b.ReportAllocs()
	b.ResetTimer()
	wall, cpu := feed(b, a, fs, b.N)
	b.StopTimer()
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-us/event")
	b.ReportMetric(float64(b.N)/wall.Seconds(), "events/s")
	if err := a.close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkJournal is the store fed by 1,000 streams, each record durable
// before its stream's next one.
func BenchmarkJournal(b *testing.B) { benchAppender(b, newStoreAppender(b)) }

// BenchmarkFileFloor is the least that durable records can cost: the same bytes
// in one file, grouped, without any index.
func BenchmarkFileFloor(b *testing.B) { benchAppender(b, newFileAppender(b)) }

// BenchmarkMemory is the same feeding without a disk.
func BenchmarkMemory(b *testing.B) {
	m := persistence.NewMemory()
	epoch, err := m.Acquire()
	if err != nil {
		b.Fatal(err)
	}
	benchAppender(b, &memoryAppender{m, epoch})
}

// BenchmarkJournalToFloor runs both in turns, so that a noisy machine disturbs
// both alike; journal/floor is the share of the floor's events a second.
func BenchmarkJournalToFloor(b *testing.B) {
	store, file := newStoreAppender(b), newFileAppender(b)
	storeFeeders, fileFeeders := newFeeders(), newFeeders()
	feed(b, store, storeFeeders, 2*benchStreams)
	feed(b, file, fileFeeders, 2*benchStreams)
	const slice = 20 * benchStreams
	var storeWall, storeCPU, fileWall time.Duration
	total := 0
	b.ResetTimer()
	for left := b.N; left > 0; left -= slice {
		n := min(left, slice)
		wall, cpu := feed(b, store, storeFeeders, n)
		storeWall, storeCPU = storeWall+wall, storeCPU+cpu
		wall, _ = feed(b, file, fileFeeders, n)
		fileWall += wall
		total += n
	}
	b.StopTimer()
	b.ReportMetric(float64(fileWall)/float64(storeWall), "journal/floor")
	b.ReportMetric(float64(storeCPU.Microseconds())/float64(total), "cpu-us/event")
	b.ReportMetric(float64(total)/storeWall.Seconds(), "events/s")
	b.ReportMetric(float64(total)/fileWall.Seconds(), "floor-events/s")
	if err := store.close(); err != nil {
		b.Fatal(err)
	}
	if err := file.close(); err != nil {
		b.Fatal(err)
	}
}
