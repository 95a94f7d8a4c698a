package main

import (
	"os"
	"syscall"
)

// syncData makes durable what was written.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// openFiles is how many files and connections this process may have.
func openFiles() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return fewFiles
	}
	return int(min(l.Cur, 1<<20))
}
