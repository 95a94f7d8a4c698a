package main

import (
	"os"
	"syscall"
)

// syncData makes durable what was written.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
