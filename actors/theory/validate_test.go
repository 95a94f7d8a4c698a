package theory

import (
	"context"
	"reflect"
	"testing"
)

func TestTheRulesReproduceTheFormulas(t *testing.T) {
	o := Options{Chats: 16_000, Seed: 7, Loads: []Load{
		{Agents: 1, Arrivals: 0.5 / 180, Handling: 180},
		{Agents: 5, Arrivals: 4.0 / 180, Handling: 180},
		{Agents: 5, Arrivals: 5.5 / 180, Handling: 180, Patience: 120},
		{Agents: 5, Arrivals: 4.0 / 180, Handling: 180, Urgent: 0.3},
	}}
	rows, err := Validate(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, f := range r.Figures {
			if !f.Holds {
				t.Errorf("%s, %d agents at %.2f: %s is %.4g ± %.2g, theory says %.4g", r.Model, r.Load.Agents, r.Load.Occupancy(), f.Name, f.Measured, f.Bound, f.Predicted)
			}
			if f.Bound > f.Predicted {
				t.Errorf("%s, %s: the bound ±%.2g proves nothing about %.4g", r.Model, f.Name, f.Bound, f.Predicted)
			}
		}
	}
	o.Loads = o.Loads[2:3]
	again, err := Validate(context.Background(), o)
	if err != nil || rows[2].Turns != again[0].Turns || !reflect.DeepEqual(measured(rows[2]), measured(again[0])) {
		t.Errorf("the same seed gives another run (%v)", err)
	}
}

func measured(r Row) (values []float64) {
	for _, f := range r.Figures {
		values = append(values, f.Measured)
	}
	return values
}

// A group of five agents of whom one takes nothing is not a group of five.
func TestAnIdleAgentDoesNotPass(t *testing.T) {
	l := Load{Agents: 5, Arrivals: 3.5 / 180, Handling: 180}
	d := newDrive(l, 3)
	d.config.Agents["agent0"].Queues = nil
	var t0 tally
	if err := d.run(20_000, t0.add); err != nil {
		t.Fatal(err)
	}
	got, want := t0.measures().Waiting, l.Predict().Waiting
	if got < want*1.2 {
		t.Errorf("%.3f wait where theory says %.3f for one agent more: the comparison sees nothing", got, want)
	}
}
