package child

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Usage is what a process has taken.
type Usage struct {
	CPU float64 // seconds
	RSS int64   // bytes in memory now
}

// ticks is the unit of /proc's times on every Linux that Go runs on.
const ticks = 100

// Usage is what the server has taken, since its first start.
func (s *Server) Usage() (Usage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := UsageOf(s.command.Process.Pid)
	u.CPU += s.spent
	return u, err
}

// UsageOf is what any process of this machine has taken since it started.
func UsageOf(pid int) (Usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Usage{}, fmt.Errorf("usage: %w", err)
	}
	_, rest, found := bytes.Cut(stat[bytes.LastIndexByte(stat, ')'):], []byte(" "))
	words := strings.Fields(string(rest))
	if !found || len(words) < 22 {
		return Usage{}, fmt.Errorf("usage: /proc/%d/stat has %d fields", pid, len(words))
	}
	user, _ := strconv.ParseFloat(words[11], 64)
	system, _ := strconv.ParseFloat(words[12], 64)
	pages, _ := strconv.ParseInt(words[21], 10, 64)
	return Usage{CPU: (user + system) / ticks, RSS: pages * int64(os.Getpagesize())}, nil
}
