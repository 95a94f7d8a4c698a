package persistence_test

import (
	"math/rand/v2"
	"testing"

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
			return storeOn(t, mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: rng.IntN(101), RNG: rng}))
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
