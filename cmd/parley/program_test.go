package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/parley-engine/parley/persistence"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// TestMain lets a test start this binary as the program itself, also with a
// wall clock that is wrong.
func TestMain(m *testing.M) {
	if shift := os.Getenv(clockShift); shift != "" {
		os.Exit(shifted(shift))
	}
	if os.Getenv("PARLEY_TEST_AS_PROGRAM") != "" {
		main()
		return
	}
	var err error
	if scratch, err = os.MkdirTemp("", "parley-test-"); err != nil {
		panic(err)
	}
	// Whoever runs beside others waits most of the time: for clocks, for starts
	// and for the disk. Twice as many as the smallest machine has cores.
	if err = flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	code := m.Run()           // which reads the command line, so that -parallel counts more
	_ = os.RemoveAll(scratch) // what is left is in the folder for temporary files
	os.Exit(code)
}

// scratch is a folder that all tests share.
var scratch string

// program is parley, running inside a test.
type program struct {
	t             *testing.T
	public, admin string // addresses
	tokens        map[string]string
	terminate     context.CancelFunc
	reload        chan os.Signal
	exit          chan int
	errs          *safeBuffer
}

// quick opens stores without waiting for another holder to let go.
func quick(dir string, o persistence.Options) (journal, error) {
	o.LockWait = -1
	return openStore(dir, o)
}

var firstLine = regexp.MustCompile(`^listening on https?://(127\.0\.0\.1:\d+) \(admin https?://(127\.0\.0\.1:\d+)\)$`)

// serve starts parley serve on free ports and waits until it listens.
func serve(t *testing.T, args ...string) *program {
	t.Helper()
	return serveWith(t, Main{openJournal: quick}, args...)
}

func serveWith(t *testing.T, m Main, args ...string) *program {
	t.Helper()
	p, in := begin(t, m, args...)
	p.read(in)
	return p
}

// begin starts the program, and does not wait for what it prints.
func begin(t *testing.T, m Main, args ...string) (p *program, in io.Reader) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	printed, out := io.Pipe()
	p = &program{t: t, terminate: cancel, exit: make(chan int, 1), reload: make(chan os.Signal), errs: &safeBuffer{}, tokens: map[string]string{}}
	m.Out, m.Err, m.reload = out, p.errs, p.reload
	go func() {
		code := m.Run(ctx, append([]string{"serve", "--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"}, args...))
		out.Close()
		p.exit <- code
	}()
	t.Cleanup(func() {
		cancel()
		printed.Close()
	})
	return p, printed
}

// read takes addresses and tokens from what the program prints, and drains the
// rest.
func (p *program) read(in io.Reader) {
	p.t.Helper()
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		p.t.Fatalf("nothing printed; exit %d: %s", <-p.exit, p.errs)
	}
	at := firstLine.FindStringSubmatch(lines.Text())
	if at == nil {
		p.t.Fatalf("the first line is %q", lines.Text())
	}
	p.public, p.admin = at[1], at[2]
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines.Scan() {
			if f := strings.Fields(lines.Text()); len(f) == 3 && strings.HasPrefix(f[2], "eyJ") {
				p.tokens[f[0]+"/"+f[1]] = f[2]
			}
		}
	}()
	p.t.Cleanup(func() { <-done })
	p.waitFor("serving")
}

// waitFor waits until the log has a text.
func (p *program) waitFor(text string) { p.t.Helper(); p.waitForAnother(text, 0) }

// hangUp lets the program read its configuration again, and waits until the log
// says how that ended.
func (p *program) hangUp(want string) {
	p.t.Helper()
	before := strings.Count(p.errs.String(), want)
	p.reload <- syscall.SIGHUP
	p.waitForAnother(want, before)
}

// waitForAnother waits until the log has a text more than so many times.
func (p *program) waitForAnother(text string, than int) {
	p.t.Helper()
	for end := time.After(patience); ; {
		grown := p.errs.grown() // before the look, or a line between the two is missed
		if strings.Count(p.errs.String(), text) > than {
			return
		}
		select {
		case <-grown:
		case <-end:
			p.t.Fatalf("no %q in the log: %s", text, p.errs)
		}
	}
}

// ended waits for the program's end and returns its exit code.
func (p *program) ended() int {
	p.t.Helper()
	select {
	case code := <-p.exit:
		p.exit <- code
		return code
	case <-time.After(patience):
		p.t.Fatalf("still running: %s", p.errs)
		return -1
	}
}

func (p *program) stop() int {
	p.t.Helper()
	p.terminate()
	return p.ended()
}

// get returns status and body of a GET.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// peer is a stranger's websocket client.
type peer struct {
	t     *testing.T
	ws    *websocket.Conn
	ready []map[string]any
}

func (p *program) dial(token string) *peer {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws://"+p.public+"/v1/ws", &websocket.DialOptions{Subprotocols: []string{"parley.v1"}})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(1 << 20)
	c := &peer{t: p.t, ws: ws}
	c.send(map[string]any{"type": "hello", "id": "h", "token": token})
	return c
}

func (c *peer) send(frame map[string]any) {
	c.t.Helper()
	body, err := json.Marshal(frame)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.ws.Write(c.t.Context(), websocket.MessageText, body); err != nil {
		c.t.Fatal(err)
	}
}

// until returns the next frame of a type; those before it are dropped.
func (c *peer) until(kind string) map[string]any {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		for len(c.ready) > 0 {
			frame := c.ready[0]
			c.ready = c.ready[1:]
			if frame["type"] == kind {
				return frame
			}
		}
		_, body, err := c.ws.Read(ctx)
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", kind, err)
		}
		for line := range bytes.Lines(body) {
			var frame map[string]any
			if err := json.Unmarshal(line, &frame); err != nil {
				c.t.Fatalf("frame %q: %v", line, err)
			}
			c.ready = append(c.ready, frame)
		}
	}
}

// run runs a command that ends by itself.
func run(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	return runWithin(t, patience, args...)
}

func runWithin(t *testing.T, most time.Duration, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	code = Main{Out: &o, Err: &e, openJournal: quick}.Run(ctx, args)
	return code, o.String(), e.String()
}

// contents is every file below a folder with its text; empty when there is none.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		files[path] = ""
		if d.Type().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[path] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// safeBuffer may be written to and read at the same time.
type safeBuffer struct {
	lock sync.Mutex
	text strings.Builder
	wake chan struct{}
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.wake != nil {
		close(b.wake)
		b.wake = nil
	}
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

// grown is closed at the next write.
func (b *safeBuffer) grown() <-chan struct{} {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.wake == nil {
		b.wake = make(chan struct{})
	}
	return b.wake
}
