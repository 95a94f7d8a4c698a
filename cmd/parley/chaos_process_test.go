package main

import (
	"context"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// TestAProcessThatIsPausedGoesOnWhereItWas stops the process as a debugger, a
// laptop's lid or a live migration does. What people had on its way is done
// once, and deadlines that passed meanwhile are kept late and not twice.
func TestAProcessThatIsPausedGoesOnWhereItWas(t *testing.T) {
	lengthy(t)
	troubled(t, rounds(3, 20), func(s *server, c *crowd, dice *rand.Rand) {
		c.rush.Store(true)
		c.during(50 * time.Millisecond)
		s.signal(syscall.SIGSTOP)
		c.during(time.Duration(dice.Int64N(int64(1500 * time.Millisecond))))
		s.signal(syscall.SIGCONT)
		c.rush.Store(false)
	})
}

// TestANodeWithLittleMemoryServesAsBefore gives the heap a limit that it has to
// collect for all the time.
func TestANodeWithLittleMemoryServesAsBefore(t *testing.T) {
	lengthy(t)
	seed := chaosSeed(t)
	s := newServer(t)
	s.env = []string{"GOMEMLIMIT=24MiB"}
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	c.rush.Store(true)
	c.during(time.Duration(rounds(3, 30)) * time.Second)
	c.rush.Store(false)
	f := c.settle(s)
	f.Troubles = 1
	f.tell(t)
}

// TestAClockThatJumpsBetweenTwoLivesLosesNothing starts the process again and
// again with a wall clock that is up to a minute ahead of the last one or ten
// seconds behind it. Within a life the engine does not read it a second time.
// Larger jumps would do what they must: ahead, streams are too old to be
// resumed; back, timers of the life before are late by as much.
func TestAClockThatJumpsBetweenTwoLivesLosesNothing(t *testing.T) {
	lengthy(t)
	seed := chaosSeed(t)
	dice := rand.New(rand.NewPCG(seed, 0))
	s := newServer(t)
	s.start()
	s.serving()
	c := newCrowd(t, s, seed)
	jumps := rounds(3, 30)
	for range jumps {
		s.serving()
		c.during(500*time.Millisecond + time.Duration(dice.Int64N(int64(500*time.Millisecond))))
		s.kill()
		s.shift += time.Duration(dice.Int64N(int64(70*time.Second))) - 10*time.Second
		s.start()
	}
	f := c.settleBut(s, true)
	f.Kills, f.Troubles = jumps, jumps
	f.tell(t)
}

// clockShift is by how much the wall clock is wrong of a program that is started
// from the test's own binary.
const clockShift = "PARLEY_TEST_CLOCK_SHIFT"

// shifted is the program with such a clock.
func shifted(by string) int {
	shift, err := time.ParseDuration(by)
	if err != nil {
		panic(err)
	}
	ctx, release := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer release()
	clock := func() time.Time { return time.Now().Add(shift) }
	return Main{Out: os.Stdout, Err: os.Stderr, now: clock}.Run(ctx, os.Args[1:])
}

// signal is kill(1).
func (s *server) signal(what syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(what); err != nil {
		s.t.Fatalf("signal %s: %v; the server's log:\n%s", what, err, s.tail())
	}
}
