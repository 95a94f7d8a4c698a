package main

import (
	"fmt"

	"github.com/parley-engine/parley/bench"
)

// match is one hot queue: 5,000 agents and 50,000 waiting.
func match(s *session) ([]row, error) {
	found, command, err := s.goBench("./actors/acd", "Match$", "-benchtime", "100000x")
	if err != nil {
		return nil, err
	}
	p99, err := found.of("Match", "p99-ns")
	if err != nil {
		return nil, err
	}
	rate, err := found.of("Match", "matches/s")
	if err != nil {
		return nil, err
	}
	p50, err := found.of("Match", "p50-ns")
	if err != nil {
		return nil, err
	}
	return []row{
		{what: "match in a queue of 50,000 with 5,000 agents, p99", value: p99 / 1000, unit: "µs", target: 20, command: command, aside: fmt.Sprintf("p50 %s µs", number(p50/1000))},
		{what: "assignments of that queue", value: rate, unit: "/s", atLeast: true, target: 50_000, command: command},
	}, nil
}

func connection(s *session) ([]row, error) {
	var r bench.Result
	command, err := s.load("connection", &r, "--profile", "idle")
	if err != nil {
		return nil, err
	}
	if err := sound(&r); err != nil {
		return nil, err
	}
	return []row{{what: "memory of an idle connection with its session", value: r.Server.BytesPerLink / 1000, unit: "kB", target: 12, command: command,
		aside: fmt.Sprintf("%d connections", r.Links.Count)}}, nil
}

func memory(s *session) ([]row, error) {
	found, command, err := s.goBench("./actors", "Memory(Asleep)?$", "-benchtime", "1x", "-crowd", "100000")
	if err != nil {
		return nil, err
	}
	live, err := found.of("Memory/100000", "B/live-chat")
	if err != nil {
		return nil, err
	}
	asleep, err := found.of("MemoryAsleep/100000", "B/asleep-chat")
	if err != nil {
		return nil, err
	}
	return []row{
		{what: "memory of a live chat", value: live, unit: "B", target: 4000, command: command},
		{what: "memory of a passivated chat", value: asleep, unit: "B", target: 300, command: command},
	}, nil
}

func growth(s *session) ([]row, error) {
	found, command, err := s.goBench("./actors", "Growth$", "-benchtime", "4000x", "-crowd", "100000")
	if err != nil {
		return nil, err
	}
	few, err := found.of("Growth/1000", "cpu-µs/chat")
	if err != nil {
		return nil, err
	}
	many, err := found.of("Growth/100000", "cpu-µs/chat")
	if err != nil {
		return nil, err
	}
	return []row{{what: "CPU of a lifecycle beside 100,000 chats, over 1,000", value: many / few, unit: "×", target: 1.2, command: command,
		aside: fmt.Sprintf("%s and %s µs", number(many), number(few))}}, nil
}

func recovery(s *session) ([]row, error) { return s.boot("100000", "100,000", 3) }

func million(s *session) ([]row, error) { return s.boot("1000000", "1,000,000", 20) }

func (s *session) boot(crowd, written string, target float64) ([]row, error) {
	found, command, err := s.goBench("./actors", "Boot/"+crowd+"$", "-benchtime", "1x", "-timeout", "60m", "-crowd", crowd)
	if err != nil {
		return nil, err
	}
	took, err := found.of("Boot/"+crowd, "s-to-offer")
	if err != nil {
		return nil, err
	}
	return []row{{what: "first offer after a start with " + written + " chats", value: took, unit: "s", target: target, command: command}}, nil
}
