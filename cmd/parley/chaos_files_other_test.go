//go:build !linux

package main

import "strconv"

// limitFiles needs a call that only Linux has.
func (s *server) limitFiles(uint64) (back func()) {
	s.t.Skip("needs Linux: the limits of a running process are changed")
	return nil
}

func (s *server) pid() string { return strconv.Itoa(s.process.Process.Pid) }
