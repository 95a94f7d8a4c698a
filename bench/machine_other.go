//go:build !linux

package bench

func memory() int64            { return 0 }
func fileSystem(string) string { return "unknown" }
