package persistence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// inFlight is how many groups may be between the queue and their answers. The
// disk takes one at a time anyway: with more, a group begins as soon as there is
// one entry for it, and each costs a log write, a sync and a round of wake-ups.
// With one, what comes while the disk is busy goes together.
const inFlight = 1

// Store is a journal in one folder, held by one process. All methods may be
// called from any goroutine, except that one writer at a time appends to a
// stream.
type Store struct {
	dir     string
	opts    Options
	db      *pebble.DB
	lock    *pebble.Lock
	pacer   *pacer
	started time.Time

	queue   *queue[*writer]
	slots   chan struct{} // one per group in flight
	flying  chan *group   // committer → completer, before the batch is applied
	applied chan *group   // committer → syncer
	synced  chan struct{} // syncer → completer
	drained chan struct{} // closed when every item has been answered
	halted  chan struct{} // closed by Close, ends the watchdog

	failOnce sync.Once
	failed   chan struct{}
	err      atomic.Pointer[error]
	gate     gate
	closing  sync.Once
	closeErr error

	durable  atomic.Uint64 // number of the last batch with records that is on disk
	base     atomic.Uint64 // position that Renew has left out up to
	wanted   atomic.Uint64 // position after which the order is to be kept
	around   atomic.Pointer[around]
	applying atomic.Int64 // since when (after started), 0 if not
	syncing  atomic.Int64
	counts   counters
	report   *reporter
}

// Open opens the journal in dir, or creates it if dir is empty or absent. It
// refuses, and changes nothing, when the folder is somebody else's (ErrForeign,
// ErrInUse), of a later version (ErrNewerFormat) or damaged (ErrCorrupt).
func Open(dir string, o Options) (*Store, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("open journal %s: %w", dir, err)
	}
	o = o.withDefaults()
	dir = filepath.Clean(dir) // so that the guard knows it again
	s := &Store{
		dir: dir, opts: o, started: time.Now(),
		queue:   newQueue[*writer](o.QueueSize),
		slots:   make(chan struct{}, inFlight),
		flying:  make(chan *group, inFlight),
		applied: make(chan *group, inFlight),
		synced:  make(chan struct{}, inFlight),
		drained: make(chan struct{}),
		halted:  make(chan struct{}),
		failed:  make(chan struct{}),
	}
	s.report = &reporter{log: o.Logger, fail: s.fail}
	lock, err := s.folder(dir).prepare(&o)
	if err != nil {
		return nil, err
	}
	s.lock = lock
	if err := s.openDB(); err != nil {
		return nil, fmt.Errorf("open journal %s: %w", dir, err)
	}
	w, err := newWriter(s.db, &s.opts)
	if err != nil {
		_ = errors.Join(s.db.Close(), lock.Close())
		return nil, fmt.Errorf("open journal %s: %w", dir, err)
	}
	w.wanted = &s.wanted
	s.wanted.Store(nothingWanted)
	s.durable.Store(w.number - 1)
	s.base.Store(baseOf(w.base))
	go s.commit(w)
	go s.sync()
	go s.complete()
	go s.watch()
	return s, nil
}

func (s *Store) folder(dir string) folder {
	if s.opts.FS == nil {
		return folder{fs: vfs.Default, dir: dir}
	}
	return folder{fs: s.opts.FS, dir: dir}
}

// openDB opens Pebble on a goroutine of its own, since a fatal error inside
// never returns. The lock is let go if Pebble did return.
func (s *Store) openDB() error {
	type result struct {
		db  *pebble.DB
		err error
	}
	opened := make(chan result, 1)
	go func() {
		db, err := s.openChecked()
		opened <- result{db, err}
	}()
	select {
	case r := <-opened:
		if r.err != nil {
			return errors.Join(named(r.err), s.lock.Close())
		}
		s.db = r.db
		s.pacer.on.Store(true)
		return nil
	case <-s.failed:
		return s.Err()
	}
}

// openChecked opens Pebble and sees to it that its log carries sync offsets,
// without which a flipped bit in the newest log silently ends the replay there.
// A database that was only just created has its first log in the older form, so
// that one is closed and opened once more: each opening begins a new log.
func (s *Store) openChecked() (*pebble.DB, error) {
	options := func() *pebble.Options {
		s.pacer = newPacer()
		p := tuning(&s.opts, s.folder(s.dir).fs, s.dir, s.report, s.pacer)
		p.Lock = s.lock
		return p
	}
	before, err := pebble.Peek(s.dir, s.folder(s.dir).fs)
	if err != nil {
		return nil, err
	}
	db, err := pebble.Open(s.dir, options())
	if err != nil || before.Exists && before.FormatMajorVersion >= pebble.FormatWALSyncChunks {
		return db, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return pebble.Open(s.dir, options())
}

// named puts ErrCorrupt in front of what Pebble calls corruption.
func named(err error) error {
	if err != nil && pebble.IsCorruptionError(err) {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return err
}

// Append queues an entry; see Entry. It waits while the queue is full, never
// longer than the disk has time to answer.
func (s *Store) Append(e Entry) { s.put(item[*writer]{Entry: e}) }

func (s *Store) put(it item[*writer]) {
	if !s.queue.put(it) {
		s.queue.refuse(it, s.drained, s.refusal)
	}
}

// refusal is the answer to what comes after Close.
func (s *Store) refusal() error {
	if err := s.Err(); err != nil {
		return err
	}
	return ErrClosed
}

// run has the committer do something in its turn and waits until that is
// durable.
func (s *Store) run(control func(*writer) error) error {
	done := make(chan error, 1)
	s.put(item[*writer]{control: control, Entry: Entry{Done: func(err error) { done <- err }}})
	return <-done
}

// Acquire fences every earlier writer and returns the new epoch, durable.
func (s *Store) Acquire() (uint64, error) {
	var epoch uint64
	err := s.run(func(w *writer) error {
		epoch = w.epoch + 1
		w.epoch = epoch
		w.room(16)
		return w.batch.Set(keyEpoch, binary.BigEndian.AppendUint64(nil, epoch), nil)
	})
	if err != nil {
		return 0, fmt.Errorf("journal acquire: %w", err)
	}
	return epoch, nil
}

// Failed is closed when the disk has failed. The process has to stop: whatever
// has not been answered by then is answered with the error.
func (s *Store) Failed() <-chan struct{} { return s.failed }

// Err says why the disk has failed, nil if it has not.
func (s *Store) Err() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// fail marks the journal as failed, once; the first cause stays.
func (s *Store) fail(cause error) {
	s.failOnce.Do(func() {
		err := fmt.Errorf("%w: %w", ErrFailed, named(cause))
		s.err.Store(&err)
		s.queue.fail()
		close(s.failed)
	})
}

// Close waits until everything appended is durable and answered, then closes
// the folder. What comes later is answered with ErrClosed. After a failure it
// answers what waits, leaves the folder as it is, and returns the failure.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Store) close() error {
	s.queue.close()
	<-s.drained
	defer close(s.halted)
	if err := s.Err(); err != nil {
		return err
	}
	s.gate.shut()
	s.pacer.on.Store(false)
	closed := make(chan error, 1)
	s.syncing.Store(s.since())
	go func() {
		closed <- errors.Join(s.db.Flush(), s.db.Close(), s.lock.Close())
	}()
	select {
	case err := <-closed:
		if err != nil {
			return fmt.Errorf("close journal %s: %w", s.dir, named(err))
		}
		return nil
	case <-s.failed:
		return s.Err()
	}
}

// since is the time since the store was opened, never 0.
func (s *Store) since() int64 { return int64(time.Since(s.started)) | 1 }

// gate counts the readers inside the database, so that Close waits for them.
type gate struct {
	mu     sync.Mutex
	inside int
	closed bool
	empty  chan struct{}
}

func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	g.inside++
	return nil
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.closed && g.inside == 0 {
		close(g.empty)
	}
}

// shut lets nobody in any more and waits until all have left.
func (g *gate) shut() {
	g.mu.Lock()
	g.closed = true
	g.empty = make(chan struct{})
	if g.inside == 0 {
		close(g.empty)
	}
	g.mu.Unlock()
	<-g.empty
}
