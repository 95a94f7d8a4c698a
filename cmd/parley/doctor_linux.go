package main

import "golang.org/x/sys/unix"

// openFilesLimit is how many files a process may have open at most.
func openFilesLimit() (uint64, error) {
	var l unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l)
	return l.Max, err
}

// clockIsKept reports whether a time service keeps the clock, if the kernel
// tells.
func clockIsKept() (kept, known bool) {
	state, err := unix.Adjtimex(&unix.Timex{})
	return state != unix.TIME_ERROR, err == nil
}
