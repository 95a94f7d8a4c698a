package actors

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// fullNode is a model of a node under load, on a virtual clock: one processor
// takes the steps of all chats in the order in which they come. A chat is a
// start and seventeen commands, each when the one before has been answered. Who
// gives them needs the same processor for three tenths of the work, which
// admission does not see; a refusal is three tenths of a step, too.
type fullNode struct {
	admission admission
	step      time.Duration // a command's work on average
	dice      *rand.Rand
	tasks     modelTasks
	now       time.Duration
	free      time.Duration // the processor, from then on
	from      time.Duration // what is due later is measured

	served, refused int
	offers          []time.Duration // from a chat's arrival to the answer of its second command
}

const (
	modelSteps  = 17
	modelServes = 700 // chats a second
)

type modelTask struct {
	at time.Duration
	do func()
}

type modelTasks []modelTask

func (m modelTasks) Len() int           { return len(m) }
func (m modelTasks) Less(i, j int) bool { return m[i].at < m[j].at }
func (m modelTasks) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *modelTasks) Push(x any)        { *m = append(*m, x.(modelTask)) }
func (m *modelTasks) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

func newFullNode(target time.Duration) *fullNode {
	return &fullNode{
		admission: admission{target: target}, step: time.Second / modelServes / (modelSteps + 1),
		dice: rand.New(rand.NewPCG(7, 11)),
	}
}

func (f *fullNode) at(then time.Duration, do func()) { heap.Push(&f.tasks, modelTask{then, do}) }

func (f *fullNode) drawn(mean time.Duration) time.Duration {
	return time.Duration(f.dice.ExpFloat64() * float64(mean))
}

// work has the processor do something of so many tenths of a step.
func (f *fullNode) work(tenths int, do func()) {
	f.free = max(f.free, f.now) + f.drawn(f.step*time.Duration(tenths)/10)
	f.at(f.free, do)
}

// command is given, worked on and answered.
func (f *fullNode) command(counts bool, tenths int, then func()) {
	began := f.now
	f.admission.begins()
	f.work(tenths, func() {
		f.admission.ends(began, f.now, counts)
		then()
	})
}

// arrive is a chat.
func (f *fullNode) arrive() {
	due := f.now
	f.work(3, func() {
		if !f.admission.admit(f.now) {
			f.command(false, 3, func() {
				if due >= f.from {
					f.refused++
				}
			})
			return
		}
		f.command(true, 7, func() { f.goOn(due, modelSteps) })
	})
}

func (f *fullNode) goOn(due time.Duration, left int) {
	if left == 0 {
		if f.now >= f.from {
			f.served++
		}
		return
	}
	f.work(3, func() {
		f.command(true, 7, func() {
			if left == modelSteps && due >= f.from {
				f.offers = append(f.offers, f.now-due)
			}
			f.goOn(due, left-1)
		})
	})
}

// load lets so many chats a second come for a while.
func (f *fullNode) load(rate int, lasts time.Duration) {
	until := f.now + lasts
	var next func()
	next = func() {
		if f.now < until {
			f.arrive()
			f.at(f.now+f.drawn(time.Second/time.Duration(rate)), next)
		}
	}
	next()
	for len(f.tasks) > 0 && f.tasks[0].at < until {
		t := heap.Pop(&f.tasks).(modelTask)
		f.now = t.at
		t.do()
	}
	f.now = until
}

// measure begins to count.
func (f *fullNode) measure() {
	f.from, f.served, f.refused, f.offers = f.now, 0, 0, nil
}

func (f *fullNode) offerP99() time.Duration {
	sorted := slices.Sorted(slices.Values(f.offers))
	return sorted[len(sorted)*99/100]
}

func TestANodeThatIsOfferedThreeTimesItsLimitServesTheLimitInTime(t *testing.T) {
	f := newFullNode(10 * time.Millisecond)
	f.load(3*modelServes, 3*time.Second)
	f.measure()
	f.load(3*modelServes, 20*time.Second)
	// A refusal takes a thirtieth of what a chat does, so that of two refused for
	// each that is served a fifteenth of the processor is lost.
	if least := 20 * modelServes * 90 / 100; f.served < least {
		t.Errorf("%d chats were served, expected at least %d", f.served, least)
	}
	// An offer waits four times in line: for its own steps and for those of who
	// gives the commands.
	if p99 := f.offerP99(); p99 > 70*time.Millisecond {
		t.Errorf("an offer takes %v at p99, expected at most 70ms", p99)
	}
}

func TestABurstThatANodeCanTakeIsNotRefused(t *testing.T) {
	f := newFullNode(10 * time.Millisecond)
	for range 10 {
		f.load(modelServes/2, 900*time.Millisecond)
		f.load(2*modelServes, 100*time.Millisecond)
	}
	if f.served == 0 || f.refused > 0 {
		t.Errorf("%d were refused and %d served", f.refused, f.served)
	}
}

func TestNobodyIsRefusedSoonAfterAnOverload(t *testing.T) {
	f := newFullNode(10 * time.Millisecond)
	f.load(3*modelServes, 10*time.Second)
	f.load(modelServes*3/5, 2*time.Second)
	f.measure()
	f.load(modelServes*3/5, 10*time.Second)
	if f.refused > 0 {
		t.Errorf("%d chats were refused by a node that has been in time for seconds", f.refused)
	}
	if f.admission.shedding.Load() {
		t.Error("it is still ready to refuse")
	}
	if least := 10 * modelServes * 3 / 5 * 95 / 100; f.served < least {
		t.Errorf("%d chats were served, expected at least %d", f.served, least)
	}
}

func TestAPaceFollowsANodeThatGetsSlower(t *testing.T) {
	f := newFullNode(10 * time.Millisecond)
	f.load(2*modelServes, 5*time.Second)
	f.step *= 3
	f.load(2*modelServes, 5*time.Second)
	f.measure()
	f.load(2*modelServes, 10*time.Second)
	if p99 := f.offerP99(); p99 > 100*time.Millisecond {
		t.Errorf("an offer takes %v at p99, expected at most 100ms", p99)
	}
	if least := 10 * modelServes / 3 * 80 / 100; f.served < least {
		t.Errorf("%d chats were served, expected at least %d", f.served, least)
	}
}
