package persistence_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/persistence/journaltest"
)

func TestAStoreKeepsTheContract(t *testing.T) {
	journaltest.Exercise(t, func(t *testing.T) journaltest.Subject {
		return storeOn(t, vfs.NewCrashableMem())
	})
}

// storeOn opens a store on a memory file system that can lose its power.
func storeOn(t *testing.T, mem *vfs.MemFS) journaltest.Subject {
	t.Helper()
	fs := journaltest.NewFaultFS(mem)
	s, err := persistence.Open("data", persistence.Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	return journaltest.Subject{
		Journal: s,
		Reopen: func(t *testing.T) journaltest.Subject {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return storeOn(t, mem)
		},
		Crash: func(t *testing.T, rng *rand.Rand) journaltest.Subject {
			return storeOn(t, crashInAWrite(mem, fs, rng))
		},
		Break: func(err error) {
			fs.Fault(func(op, _ string) error {
				if op == "sync" {
					return err
				}
				return nil
			})
		},
	}
}

// crashInAWrite takes the power away right before one of the next writes to the
// log, or soon if there is none.
func crashInAWrite(mem *vfs.MemFS, fs *journaltest.FaultFS, rng *rand.Rand) *vfs.MemFS {
	cfg := vfs.CrashCloneCfg{UnsyncedDataPercent: 100 - rng.IntN(2)*rng.IntN(101), RNG: rng}
	var left atomic.Int64
	left.Store(1 + rng.Int64N(8))
	var once sync.Once
	crashed := make(chan *vfs.MemFS, 1)
	crash := func() { once.Do(func() { crashed <- mem.CrashClone(cfg) }) }
	fs.Fault(func(op, path string) error {
		if op == "write" && strings.HasSuffix(path, ".log") && left.Add(-1) == 0 {
			crash()
		}
		return nil
	})
	late := time.AfterFunc(20*time.Millisecond, crash)
	defer late.Stop()
	return <-crashed
}

func TestAMemoryKeepsTheContract(t *testing.T) {
	journaltest.Exercise(t, func(t *testing.T) journaltest.Subject {
		return memory(persistence.NewMemory())
	})
}

func memory(m *persistence.Memory) journaltest.Subject {
	return journaltest.Subject{
		Journal: m,
		Reopen: func(t *testing.T) journaltest.Subject {
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			return memory(m.Crash())
		},
		Crash: func(t *testing.T, rng *rand.Rand) journaltest.Subject {
			if rng.IntN(2) == 0 {
				m.Hold()
			}
			return memory(m.CrashKeeping(rng.IntN(20)))
		},
		Break: m.FailNext,
	}
}
