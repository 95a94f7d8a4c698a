package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/parley-engine/parley/bench"
)

// figure is what one measurement finds.
type figure struct {
	name    string
	measure func(*session) ([]row, error)
}

// figures are all of them. Those that later ones need come first.
var figures = []figure{
	{"message", message},
	{"journal", journal},
	{"process", process},
	{"limit", limit},
	{"offer", offer},
	{"overload", overload},
	{"k6", beside},
	{"match", match},
	{"connection", connection},
	{"memory", memory},
	{"growth", growth},
	{"recovery", recovery},
	{"million", million},
}

// What the reference lifecycle is made of at the server: 48 frames and 18
// durable records, of which a message with its answer and events is 4 and 1.
const (
	messagesOfALifecycle = 12
	recordsOfALifecycle  = 18
)

const echoes = "µs for a bare websocket echo of the same frames"

func message(s *session) ([]row, error) {
	found, command, err := s.goBench("./transport", "MessageToEcho$", "-benchtime", "40000x")
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, chats := range []string{"1024", "256", "32"} { // what follows is held against the echo of few
		took, err := found.of("MessageToEcho/"+chats, "cpu-µs/message")
		if err != nil {
			return nil, err
		}
		if s.echo, err = found.of("MessageToEcho/"+chats, "cpu-µs/echo"); err != nil {
			return nil, err
		}
		what := "server CPU for one message, " + chats + " under way"
		rows = append(rows,
			row{what: what, value: took, unit: "µs", target: 25, floor: s.echo, floorOf: echoes, command: command},
			row{what: what + ", against the echo", value: took / s.echo, unit: "×", target: 2.5, command: command})
	}
	return rows, nil
}

// journal is what durable records can cost; others are held against its floor.
func journal(s *session) ([]row, error) {
	found, command, err := s.goBench("./persistence", "JournalToFloor$", "-benchtime", "200000x")
	if err != nil {
		return nil, err
	}
	stored, err := found.of("JournalToFloor", "events/s")
	if err != nil {
		return nil, err
	}
	if s.appends, err = found.of("JournalToFloor", "floor-events/s"); err != nil {
		return nil, err
	}
	return []row{{what: "durable records", value: stored, unit: "/s", atLeast: true, floor: s.appends, floorOf: "one file, grouped fdatasync", command: command}}, nil
}

func process(s *session) ([]row, error) {
	found, command, err := s.goBench("./actors", "Reference(Store)?$", "-benchtime", "8000x")
	if err != nil {
		return nil, err
	}
	store, err := found.of("ReferenceStore", "chats/s")
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, on := range []string{"pebble", "memory"} {
		rate, err := found.of("Reference/"+on, "chats/s")
		if err != nil {
			return nil, err
		}
		cpu, err := found.of("Reference/"+on, "cpu-µs/chat")
		if err != nil {
			return nil, err
		}
		r := row{what: "lifecycles in process, " + map[string]string{"pebble": "durable", "memory": "journal in memory"}[on],
			value: rate, unit: "/s", atLeast: true, command: command, aside: fmt.Sprintf("%s µs CPU each", number(cpu))}
		if on == "pebble" {
			r.target, r.floor, r.floorOf = 10_000, store, "/s of the store alone, same records and rows"
			if s.appends > 0 {
				r.aside += fmt.Sprintf("; 18 records each in one file, grouped fdatasync, are %s /s", number(s.appends/recordsOfALifecycle))
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// theLeast says what the floors of whole lifecycles are.
const theLeast = "by a server without rules, same frames, same disk"

func limit(s *session) ([]row, error) {
	search := []string{"--find-limit", "--duration", "10s", "--warmup", "2s"}
	var found, most, stored bench.Limit
	command, err := s.load("limit", &found, search...)
	if err != nil {
		return nil, err
	}
	if err := s.loadLeast("limit-floor", "file", &most, search...); err != nil {
		return nil, err
	}
	if err := s.loadLeast("limit-store", "store", &stored, search...); err != nil {
		return nil, err
	}
	best, floor, store := found.Best, most.Best, stored.Best
	if best == nil || floor == nil || store == nil {
		return nil, fmt.Errorf("not even the first rate held: %+v, %+v, %+v", found.Trials, most.Trials, stored.Trials)
	}
	s.limit, s.served = found.Rate, best.LifecyclesPerS
	rows := []row{
		{what: "reference lifecycles over websockets, durable", value: best.LifecyclesPerS, unit: "/s", atLeast: true, target: 2000, command: command,
			floor: floor.LifecyclesPerS, floorOf: "/s " + theLeast,
			aside: fmt.Sprintf("offer p99 %s ms; µs CPU each: server %s, load %s", number(best.LatencyMs["start_to_offer"].P99), number(best.Server.CPUPerLifecycle), number(best.Generator.CPUPerLifecycle))},
		{what: "server CPU for one lifecycle", value: best.Server.CPUPerLifecycle, unit: "µs", command: command,
			floor: floor.Server.CPUPerLifecycle, floorOf: "µs " + theLeast + ", at its own limit"},
		{what: "lifecycles by the server without rules on Parley's store", value: store.LifecyclesPerS, unit: "/s", atLeast: true, command: "FLOOR_JOURNAL=store " + command + " --server floor",
			floor: floor.LifecyclesPerS, floorOf: "/s with one file",
			aside: fmt.Sprintf("as many records and rows as Parley writes; Parley reaches %s of it; µs CPU each: server %s, load %s",
				number(best.LifecyclesPerS/store.LifecyclesPerS), number(store.Server.CPUPerLifecycle), number(store.Generator.CPUPerLifecycle))},
	}
	if s.echo > 0 {
		rows[1].aside = fmt.Sprintf("a bare echo of 48 frames takes %s µs", number(s.echo*messagesOfALifecycle))
	}
	return rows, nil
}

// at runs the reference profile at a share of the limit, which is found first
// if nobody has.
func (s *session) at(name string, share float64, result *bench.Result) (string, error) {
	if s.limit == 0 {
		if _, err := limit(s); err != nil {
			return "", err
		}
	}
	return s.load(name, result, "--rate", strconv.Itoa(int(s.limit*share)), "--duration", "20s")
}

func offer(s *session) ([]row, error) {
	var r bench.Result
	command, err := s.at("offer", 0.5, &r)
	if err != nil {
		return nil, err
	}
	if err := sound(&r); err != nil {
		return nil, err
	}
	var floor bench.Result
	if err := s.loadLeast("offer-floor", "file", &floor, "--rate", number(r.Rate), "--duration", "20s"); err != nil {
		return nil, err
	}
	q, least := r.LatencyMs["start_to_offer"], floor.LatencyMs["start_to_offer"]
	aside := fmt.Sprintf("at %s/s; µs CPU a lifecycle %s, floor %s", number(r.Rate), number(r.Server.CPUPerLifecycle), number(floor.Server.CPUPerLifecycle))
	return []row{
		{what: "start → offer at half of the limit, p50", value: q.P50, unit: "ms", target: 1, command: command, floor: least.P50, floorOf: "ms " + theLeast, aside: aside},
		{what: "start → offer at half of the limit, p99", value: q.P99, unit: "ms", target: 5, command: command, floor: least.P99, floorOf: "ms " + theLeast, aside: aside},
	}, nil
}

// sound is an error where a promise was broken, or something failed that was not
// to be refused.
func sound(r *bench.Result, allowed ...string) error {
	if !r.Correctness.Clean() {
		return fmt.Errorf("promises were broken: %+v", r.Correctness)
	}
	for code, n := range r.Errors {
		if n > 0 && !slices.Contains(allowed, code) {
			return fmt.Errorf("%d commands failed with %s", n, code)
		}
	}
	return nil
}

// overloadRuns of which the middle one counts: what a full machine serves
// differs by a tenth from one minute to the next.
const overloadRuns = 3

func overload(s *session) ([]row, error) {
	var command string
	runs := make([]bench.Result, overloadRuns)
	for i := range runs {
		var err error
		if command, err = s.at(fmt.Sprintf("overload-%d", i+1), 3, &runs[i]); err != nil {
			return nil, err
		}
		if err := sound(&runs[i], "overloaded"); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(runs, func(a, b bench.Result) int { return cmp.Compare(a.LifecyclesPerS, b.LifecyclesPerS) })
	r, worst, best := runs[overloadRuns/2], runs[0], runs[overloadRuns-1]
	aside := fmt.Sprintf("the middle of %d runs, %s to %s ×; %d refused as overloaded, %d not started for want of connections",
		overloadRuns, number(worst.LifecyclesPerS/s.served), number(best.LifecyclesPerS/s.served), r.Errors["overloaded"], r.Chats.NotStarted)
	return []row{
		{what: "lifecycles at three times the limit, share of it", value: r.LifecyclesPerS / s.served, unit: "×", atLeast: true, target: 0.95, command: command, aside: aside},
		{what: "start → offer of what is accepted then, p99", value: r.LatencyMs["start_to_offer"].P99, unit: "ms", target: 100, command: command},
	}, nil
}
