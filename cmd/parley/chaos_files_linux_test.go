package main

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// limitFiles bounds the descriptors of the running process.
func (s *server) limitFiles(most uint64) (back func()) {
	s.t.Helper()
	pid := s.process.Process.Pid
	var old unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &old); err != nil {
		s.t.Fatal(err)
	}
	set := func(cur uint64) {
		s.t.Helper()
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: cur, Max: old.Max}, nil); err != nil {
			s.t.Fatal(err)
		}
	}
	set(most)
	return func() { set(old.Cur) }
}

func (s *server) pid() string { return strconv.Itoa(s.process.Process.Pid) }
