package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// weather is what a line does to everything that goes over it, in both
// directions. The zero weather is a good line.
type weather struct {
	latency, jitter time.Duration // later by this, and at most that much more or less
	rate            int           // bytes a second
	slice           int           // bytes in a piece
	limit           int           // bytes after which a connection breaks
	reset           time.Duration // after which all connections are reset, again and again
	lingers         time.Duration // how long an end is not passed on
	swallows        bool          // nothing comes through, and nobody is told
}

// line is a network between people and the server that can be spoilt, in the
// middle of whatever goes over it.
type line struct {
	listener net.Listener
	upstream string
	weather  atomic.Pointer[weather]
	down     atomic.Bool
	work     sync.WaitGroup

	mu   sync.Mutex
	open map[*joint]bool
}

// joint is one connection over the line: its two ends.
type joint struct {
	ends  [2]*net.TCPConn
	holed atomic.Bool // something was swallowed
}

// newLine takes a free port and hands on what comes there.
func newLine(t *testing.T, upstream string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, upstream: upstream, open: map[*joint]bool{}}
	l.heal()
	l.work.Go(l.accept)
	t.Cleanup(func() {
		l.heal()
		listener.Close()
		l.cut()
		l.work.Wait()
	})
	return l
}

// address is where people connect.
func (l *line) address() string { return l.listener.Addr().String() }

// spoil changes the weather.
func (l *line) spoil(w weather) {
	l.weather.Store(&w)
	if w.reset > 0 {
		l.resets(&w)
	}
}

// resets breaks all connections again and again, as long as the weather lasts.
func (l *line) resets(w *weather) {
	time.AfterFunc(w.reset, func() {
		if l.weather.Load() == w {
			l.end(func(*joint) bool { return true })
			l.resets(w)
		}
	})
}

// heal brings good weather. What has lost bytes is of no use any more.
func (l *line) heal() {
	l.weather.Store(&weather{})
	l.end(func(j *joint) bool { return j.holed.Load() })
}

// cut breaks all connections and lets nobody through until it is spliced.
func (l *line) cut() {
	l.down.Store(true)
	l.end(func(*joint) bool { return true })
}

func (l *line) splice() { l.down.Store(false) }

// end resets connections.
func (l *line) end(which func(*joint) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for j := range l.open {
		if which(j) {
			j.reset()
		}
	}
}

func (j *joint) reset() {
	for _, c := range j.ends {
		_ = c.SetLinger(0)
		_ = c.Close()
	}
}

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.upstream)
		if err != nil {
			near.Close()
			continue
		}
		j := &joint{ends: [2]*net.TCPConn{near.(*net.TCPConn), far.(*net.TCPConn)}}
		l.mu.Lock()
		l.open[j] = true
		l.mu.Unlock()
		if l.down.Load() {
			j.reset()
		}
		l.work.Go(func() {
			var both sync.WaitGroup
			both.Go(func() { l.carry(j, j.ends[0], j.ends[1]) })
			both.Go(func() { l.carry(j, j.ends[1], j.ends[0]) })
			both.Wait()
			l.mu.Lock()
			defer l.mu.Unlock()
			delete(l.open, j)
		})
	}
}

// chunk is what was read at once, and when.
type chunk struct {
	data []byte
	at   time.Time
}

// carry hands on one direction, until either end is gone.
func (l *line) carry(j *joint, from, to *net.TCPConn) {
	chunks := make(chan chunk, 1024)
	l.work.Go(func() {
		defer close(chunks)
		for {
			b := make([]byte, 16<<10)
			n, err := from.Read(b)
			if n > 0 {
				chunks <- chunk{b[:n], time.Now()}
			}
			if err != nil {
				return
			}
		}
	})
	var under *weather
	sent := 0 // under this weather
	var err error
	for c := range chunks {
		w := l.weather.Load()
		if w.latency > 0 {
			time.Sleep(time.Until(c.at.Add(w.latency - w.jitter + rand.N(2*w.jitter+1))))
		}
		for len(c.data) > 0 && err == nil {
			w := l.weather.Load()
			if w != under {
				under, sent = w, 0
			}
			n := w.piece(len(c.data))
			switch {
			case w.swallows, j.holed.Load(): // TCP has no holes
				j.holed.Store(true)
			case w.limit > 0 && sent+n > w.limit:
				_, _ = to.Write(c.data[:w.limit-sent])
				err = errBroken
			default:
				_, err = to.Write(c.data[:n])
			}
			sent += n
			c.data = c.data[n:]
			if w.rate > 0 {
				time.Sleep(time.Duration(n) * time.Second / time.Duration(w.rate))
			}
		}
		if err != nil {
			from.Close() // ends the reader, whose last chunks nobody wants
		}
	}
	time.Sleep(l.weather.Load().lingers)
	from.Close()
	to.Close()
}

var errBroken = errors.New("the line has broken")

// piece is how much of n bytes goes at once.
func (w *weather) piece(n int) int {
	if w.slice > 0 {
		n = min(n, 1+rand.IntN(2*w.slice))
	}
	if w.rate > 0 {
		n = min(n, max(1, w.rate/20)) // so that better weather is soon noticed
	}
	return n
}

// TestALineSpoilsWhatGoesOverItAndIsGoodAgain holds each weather to its word, on
// a connection that was there before.
func TestALineSpoilsWhatGoesOverItAndIsGoodAgain(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for c, err := echo.Accept(); err == nil; c, err = echo.Accept() {
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	l := newLine(t, echo.Addr().String())
	words := bytes.Repeat([]byte("whatever goes over the line "), 100)
	dial := func(t *testing.T) net.Conn {
		t.Helper()
		c, err := net.Dial("tcp", l.address())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	// says returns what has come back of the words, and after how long.
	says := func(c net.Conn, patience time.Duration) (back []byte, took time.Duration, err error) {
		began := time.Now()
		_, err = c.Write(words)
		if err == nil {
			_ = c.SetReadDeadline(began.Add(patience))
			back = make([]byte, len(words))
			var n int
			n, err = io.ReadFull(c, back)
			back = back[:n]
		}
		return back, time.Since(began), err
	}
	const brief = 500 * time.Millisecond
	for name, tt := range map[string]struct {
		weather
		atLeast time.Duration
		breaks  bool
	}{
		"good":     {},
		"latency":  {weather: weather{latency: 50 * time.Millisecond, jitter: 20 * time.Millisecond}, atLeast: 60 * time.Millisecond},
		"a rate":   {weather: weather{rate: 40 << 10}, atLeast: 50 * time.Millisecond},
		"slices":   {weather: weather{slice: 7}},
		"a limit":  {weather: weather{limit: 1000}, breaks: true},
		"resets":   {weather: weather{reset: 10 * time.Millisecond, swallows: true}, breaks: true},
		"silence":  {weather: weather{swallows: true}, breaks: true},
		"long end": {weather: weather{lingers: 10 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t)
			if back, _, err := says(c, patience); err != nil || !bytes.Equal(back, words) {
				t.Fatalf("on a good line: %d bytes, %v", len(back), err)
			}
			l.spoil(tt.weather)
			wait := patience
			if tt.breaks {
				wait = brief
			}
			back, took, err := says(c, wait)
			if (err != nil) != tt.breaks || took < tt.atLeast || !bytes.HasPrefix(words, back) || tt.limit > 0 && len(back) > tt.limit {
				t.Errorf("%d bytes after %s, %v", len(back), took, err)
			}
			l.heal()
			back, _, err = says(c, patience)
			if tt.breaks == (err == nil) || err == nil && !bytes.Equal(back, words) {
				t.Errorf("healed: %d bytes, %v", len(back), err)
			}
		})
	}
	c := dial(t)
	l.cut()
	if back, _, err := says(c, patience); err == nil {
		t.Errorf("over a line that is cut: %d bytes", len(back))
	}
	l.splice()
	again := dial(t)
	if back, _, err := says(again, patience); err != nil || !bytes.Equal(back, words) {
		t.Errorf("over a line that was spliced: %d bytes, %v", len(back), err)
	}
}
