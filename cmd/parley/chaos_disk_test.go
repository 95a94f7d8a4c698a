package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mounted puts a small file system of its own under the server's data.
func mounted(t *testing.T, s *server, options string) (remount func(options string)) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: a small file system is mounted")
	}
	data := s.path("data")
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "none", data).CombinedOutput(); err != nil {
		t.Skipf("needs the right to mount: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", data).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return func(options string) {
		t.Helper()
		if out, err := exec.Command("mount", "-o", "remount,"+options, data).CombinedOutput(); err != nil {
			t.Fatalf("remount %s: %v: %s", options, err, out)
		}
	}
}

// ended waits for the process to end by itself and returns its exit code.
func (s *server) ended() int {
	s.t.Helper()
	select {
	case err := <-s.exit:
		s.process = nil
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			s.t.Fatal(err)
		}
		if exit == nil {
			return 0
		}
		return exit.ExitCode()
	case <-time.After(2 * patience):
		s.t.Fatalf("the server does not end:\n%s", s.tail())
		return 0
	}
}

// fill takes all room that is left in a folder.
func fill(t *testing.T, folder string) (release func()) {
	t.Helper()
	path := filepath.Join(folder, "ballast")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2] // until nothing fits
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAFullDiskEndsTheProcessAndLosesNothing: a node that cannot write does not
// go on. It says why and ends with its own exit code; with room again the next
// life serves what was acknowledged.
func TestAFullDiskEndsTheProcessAndLosesNothing(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	mounted(t, s, "size=64m")
	seed := chaosSeed(t)
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	times := rounds(1, 5)
	for range times {
		c.during(time.Second)
		c.rush.Store(true)
		release := fill(t, s.path("data"))
		if code := s.ended(); code != exitJournal {
			t.Errorf("on a full disk the server ended with %d, expected %d:\n%s", code, exitJournal, s.tail())
		}
		if text := s.text(); !strings.Contains(text, "journal failed") || !strings.Contains(text, "no space left on device") {
			t.Errorf("the log does not say that the disk is full:\n%s", s.tail())
		}
		c.rush.Store(false)
		release()
		s.start()
		s.serving()
	}
	f := c.settle(s, "no space left on device", "journal failed")
	f.Troubles = times
	f.tell(t)
}

// TestADiskThatCannotBeWrittenIsNamedAtTheStart: nobody is let in, nothing is
// changed, and when it can be written again all is there.
func TestADiskThatCannotBeWrittenIsNamedAtTheStart(t *testing.T) {
	lengthy(t)
	s := newServer(t)
	remount := mounted(t, s, "size=256m")
	seed := chaosSeed(t)
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	for range rounds(1, 5) {
		c.during(time.Second)
		s.kill()
		remount("ro")
		s.start()
		if code := s.ended(); code != exitUsage && code != exitJournal {
			t.Errorf("on a disk that cannot be written the server ended with %d:\n%s", code, s.tail())
		}
		if !strings.Contains(s.text(), "read-only file system") {
			t.Errorf("the log does not say that the disk is read-only:\n%s", s.tail())
		}
		remount("rw")
		s.start()
		s.serving()
	}
	f := c.settle(s, "read-only file system")
	f.Kills, f.Troubles = rounds(1, 5), rounds(1, 5)
	f.tell(t)
}

// TestANodeWithoutFileDescriptorsLosesNothing takes the process's descriptors
// away while it works. Who is there is served; who comes waits. If the journal
// needs one that it cannot have the process ends, and the next life goes on.
func TestANodeWithoutFileDescriptorsLosesNothing(t *testing.T) {
	lengthy(t)
	troubled(t, rounds(1, 8), func(s *server, c *crowd, _ *rand.Rand) {
		fds, err := os.ReadDir(filepath.Join("/proc", s.pid(), "fd"))
		if err != nil {
			t.Skipf("needs /proc: %v", err)
		}
		back := s.limitFiles(uint64(len(fds)) + 2)
		c.rush.Store(true)
		for range 5 { // those that come back find no descriptor
			for _, who := range c.people() {
				who.drop()
			}
			c.pause(300 * time.Millisecond)
		}
		c.rush.Store(false)
		select {
		case <-s.exit:
			s.process = nil
			s.start()
			s.serving()
		default:
			back()
		}
	}, "too many open files", "journal failed")
}
