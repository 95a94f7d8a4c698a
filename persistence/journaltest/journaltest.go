// Package journaltest is the contract that every journal passes: the same
// exercises for one on disk, one in memory and, later, one on several machines.
package journaltest

import (
	"math/rand/v2"
	"testing"

	"github.com/parley-engine/parley/persistence"
)

// Journal is what the engine needs of a journal, and Close.
type Journal interface {
	Acquire() (epoch uint64, err error)
	Append(persistence.Entry)
	Replay(stream string, after uint64, fn func(seq uint64, record []byte) error) error
	Record(stream string, seq uint64) ([]byte, error)
	Snapshot(stream string) (seq uint64, state []byte, err error)
	Get(key []byte) ([]byte, error)
	Scan(from, to []byte, fn func(key, value []byte) error) error
	Last(n int, fn func(stream string, seq uint64, record []byte) error) error
	After(position uint64, n int, fn func(position uint64, stream string, seq uint64, record []byte) error) (from uint64, err error)
	Ends() (oldest, newest uint64, err error)
	Keep(position uint64)
	Streams(prefix string, fn func(stream string) error) error
	Drop(stream string, rows [][]byte) error
	Failed() <-chan struct{}
	Err() error
	Close() error
}

// Subject is a journal under test with the hands that an exercise needs.
type Subject struct {
	Journal
	// Reopen closes the journal and opens it again.
	Reopen func(t *testing.T) Subject
	// Crash takes the power away and returns what is there afterwards. The
	// old journal may go on for itself until it is closed.
	Crash func(t *testing.T, rng *rand.Rand) Subject
	// Break makes the next write to the disk fail, and all later ones.
	Break func(error)
}

// Exercise runs the whole contract. Each call of fresh returns an empty
// journal; the exercise closes it.
func Exercise(t *testing.T, fresh func(t *testing.T) Subject) {
	for _, e := range exercises {
		t.Run(e.name, func(t *testing.T) {
			s := fresh(t)
			e.run(t, &s)
			if err := s.Close(); err != nil && s.Err() == nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

var exercises = []struct {
	name string
	run  func(*testing.T, *Subject)
}{
	{"RecordsComeBackInOrder", recordsComeBack},
	{"ReplayBeginsAfterANumber", replayBegins},
	{"ReplayEndsWithTheErrorOfItsCallback", replayEnds},
	{"TheBytesOfAnEmptyRecordAreNotNil", emptyRecord},
	{"AnEntryStandsWhole", entryWhole},
	{"DoneRunsInTheOrderOfAppend", doneInOrder},
	{"BytesAreTheCallersAgainWhenTheyAreDurable", bytesGivenBack},
	{"ANewEpochFencesTheOldWriter", newEpochFences},
	{"EpochsRiseAcrossARestart", epochsRise},
	{"AnInvalidEntryIsRefusedAndTheNextOneIsNot", invalidRefused},
	{"TheLastSnapshotCounts", lastSnapshot},
	{"RowsAreSetAndDeleted", rowsSetAndDeleted},
	{"AScanKeepsItsBounds", scanBounds},
	{"LastListsTheTotalOrder", lastLists},
	{"LastPassesOverDroppedStreams", lastPasses},
	{"AfterReadsOnInTheTotalOrder", afterReadsOn},
	{"AfterPassesOverDroppedStreams", afterPasses},
	{"AfterGoesOnAcrossARestart", afterRestart},
	{"AfterReadsWhatWasAnsweredAndNothingThatACrashTakesBack", afterCrash},
	{"StreamsAreListedByPrefix", streamsListed},
	{"ADroppedStreamIsGone", droppedGone},
	{"ABarrierComesAfterAllBeforeIt", barrierAfter},
	{"AFailedDiskIsFinalAndNamed", failedDisk},
	{"WhatComesAfterCloseIsRefused", afterClose},
	{"ARestartFindsEverything", restartFinds},
	{"ACrashKeepsAPrefixWithAllThatWasAnswered", crashKeepsPrefix},
}

// Seed returns a seed for a test's randomness and prints it if the test fails.
func Seed(t *testing.T) uint64 {
	seed := rand.Uint64()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %#x", seed)
		}
	})
	return seed
}
