package bench

import (
	"bufio"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Machine is where a run took place.
type Machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	Memory     int64  `json:"memory_bytes"`
	OS         string `json:"os"`
	Go         string `json:"go"`
	Commit     string `json:"commit"`
	FileSystem string `json:"data_file_system"`
}

// ThisMachine is the one that this process runs on; folder is where data is
// written, if it is.
func ThisMachine(folder string) Machine {
	m := Machine{CPU: "unknown", Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Commit: commit(), Memory: memory()}
	if name := fieldOf("/proc/cpuinfo", "model name"); name != "" {
		m.CPU = name
	}
	if folder != "" {
		m.FileSystem = fileSystem(folder)
	}
	return m
}

func thisMachine(o *Options) Machine {
	folder := ""
	if o.Address == "" {
		folder = o.folder()
	}
	m := ThisMachine(folder)
	if o.Commit != "" {
		m.Commit = o.Commit
	}
	return m
}

func fieldOf(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, dirty := "unknown", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = " and changes"
			}
		}
	}
	return revision + dirty
}
