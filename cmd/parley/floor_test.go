package main

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// saying is what a server has told its peers, by the type of frame.
type saying struct {
	mu     sync.Mutex
	frames map[string]int
	bytes  map[string]int
}

func (s *saying) heard(line []byte) {
	var h head
	if json.Unmarshal(line, &h) != nil {
		h.Type = "not JSON"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames[h.Type]++
	s.bytes[h.Type] += len(line)
}

// overhear relays connections to a server and listens to what it says.
func overhear(t *testing.T, server string, s *saying) (address string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var relays sync.WaitGroup
	relays.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			relays.Go(func() {
				defer client.Close()
				conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server)
				if err != nil {
					t.Error(err)
					return
				}
				relays.Go(func() { _, _ = io.Copy(conn, client); conn.Close() })
				_, _ = io.Copy(client, &tap{Conn: conn, in: frames{start: "HTTP/1.1 101", heard: s.heard}})
			})
		}
	})
	t.Cleanup(func() { l.Close(); relays.Wait() })
	return l.Addr().String()
}

// TestTheFloorSaysWhatParleySays holds the server that is the floor of the load
// tests to the real one: the same frames for a lifecycle, about as long.
func TestTheFloorSaysWhatParleySays(t *testing.T) {
	t.Parallel()
	// So many agents, and chats so rarely, that none has two at a time: he would
	// focus on one of them, and how many do depends on how fast the machine is.
	const agents = "200"
	config := filepath.Join(t.TempDir(), "bench.yaml")
	_, text, _ := run(t, "bench", "--print-config", "--agents", agents)
	write(t, config, text)
	floor := filepath.Join(t.TempDir(), "floor")
	if out, err := exec.Command("go", "build", "-o", floor, "../../bench/floor").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	play := func(server string) (frames, bytes map[string]int, chats float64) {
		s := &saying{frames: map[string]int{}, bytes: map[string]int{}}
		r, _ := load(t, "--address", overhear(t, server, s), "--config", config, "--agents", agents, "--rate", "10", "--duration", "3s")
		if r.Chats.Completed < 20 || r.Chats.Completed != r.Chats.Arrived {
			t.Fatalf("chats %+v", r.Chats)
		}
		s.mu.Lock()
		defer s.mu.Unlock() // the relay may have a last frame to hear
		return maps.Clone(s.frames), maps.Clone(s.bytes), float64(r.Chats.Completed)
	}
	frames, bytes, chats := play(serve(t, "--config", config, "--data", t.TempDir()).public)
	leastFrames, leastBytes, leastChats := play(serveFloor(t, floor, config))
	kinds := maps.Clone(frames)
	maps.Copy(kinds, leastFrames)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		each, eachLeast := float64(frames[kind])/chats, float64(leastFrames[kind])/leastChats
		if math.Abs(each-eachLeast) > 0.5 {
			t.Errorf("%s: Parley says %.1f a lifecycle, the floor %.1f", kind, each, eachLeast)
		}
		if kind == "welcome" || kind == "snapshot" {
			continue // once a connection, and nobody's lifecycle
		}
		size, sizeLeast := float64(bytes[kind])/float64(frames[kind]), float64(leastBytes[kind])/float64(leastFrames[kind])
		if !(math.Abs(size-sizeLeast) <= max(0.05*size, 10)) { // not a number if one has said none
			t.Errorf("%s: Parley's is %.0f bytes long, the floor's %.0f", kind, size, sizeLeast)
		}
	}
}

// serveFloor starts the floor on a free port and returns its address.
func serveFloor(t *testing.T, program, config string) (address string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "serve", "--config", config, "--data", t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	at := firstLine.FindStringSubmatch(line[:max(len(line)-1, 0)])
	if err != nil || at == nil {
		t.Fatalf("the first line is %q, %v", line, err)
	}
	return at[1]
}
