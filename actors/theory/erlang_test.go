package theory

import (
	"math"
	"testing"
)

// erlangC is the textbook's way to the waiting probability, by Erlang B.
func erlangC(agents int, erlang float64) float64 {
	b := 1.0
	for n := 1; n <= agents; n++ {
		b = erlang * b / (float64(n) + erlang*b)
	}
	c := float64(agents)
	return c * b / (c - erlang*(1-b))
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.6g, want %.6g", what, got, want)
	}
}

func TestTheFormulasGivePublishedValues(t *testing.T) {
	// 10 agents and 8 erlang wait with 0.409 in every printed table of Erlang C;
	// 1 agent waits with its occupancy.
	near(t, "C(10, 8)", Load{Agents: 10, Arrivals: 0.08, Handling: 100}.Predict().Waiting, 0.4092, 0.0001)
	near(t, "C(1, 0.7)", Load{Agents: 1, Arrivals: 0.007, Handling: 100}.Predict().Waiting, 0.7, 1e-9)
	one := Load{Agents: 1, Arrivals: 0.008, Handling: 100}.Predict()
	near(t, "the wait of M/M/1 at 0.8", one.MeanWait, 400, 1e-6)
}

func TestErlangCIsThatOfTheRecurrence(t *testing.T) {
	for _, agents := range []int{1, 2, 5, 20, 100, 500} {
		for _, busy := range []float64{0.1, 0.5, 0.8, 0.95, 0.99} {
			l := Load{Agents: agents, Arrivals: busy * float64(agents) / 180, Handling: 180}
			want := erlangC(agents, l.Offered())
			m := l.Predict()
			near(t, "the waiting probability", m.Waiting, want, 1e-9)
			near(t, "the mean wait", m.MeanWait, want*180/(float64(agents)*(1-busy)), 1e-6*(1+m.MeanWait))
		}
	}
}

func TestWithPatienceEveryChatIsServedOrLeaves(t *testing.T) {
	for _, agents := range []int{1, 5, 50} {
		for _, busy := range []float64{0.5, 1, 1.5} {
			l := Load{Agents: agents, Arrivals: busy * float64(agents) / 100, Handling: 100, Patience: 60}
			m := l.Predict()
			served := 0.0
			for n, p := range l.states() {
				served += p * float64(min(n, agents)) / l.Handling
			}
			near(t, "what is served and what leaves", served/l.Arrivals+m.Abandoned, 1, 1e-9)
		}
	}
	// With patience as long as handling, the number in the system is Poisson.
	l := Load{Agents: 4, Arrivals: 0.04, Handling: 100, Patience: 100}
	near(t, "nobody there", l.states()[0], math.Exp(-4), 1e-12)
}

func TestPrioritiesKeepTheMeanWait(t *testing.T) {
	l := Load{Agents: 8, Arrivals: 0.07, Handling: 100, Urgent: 0.3}
	m := l.Predict()
	near(t, "the mean over both classes", 0.3*m.Urgent+0.7*m.Patient, m.MeanWait, 1e-9*m.MeanWait)
	if m.Urgent >= m.Patient {
		t.Errorf("the urgent wait %.3g s and the others %.3g s", m.Urgent, m.Patient)
	}
}

func TestALoadThatCannotBePredictedIsRefused(t *testing.T) {
	for name, l := range map[string]Load{
		"no agents":          {Arrivals: 1, Handling: 1},
		"no arrivals":        {Agents: 1, Handling: 1},
		"too much":           {Agents: 1, Arrivals: 1, Handling: 1},
		"all are urgent":     {Agents: 2, Arrivals: 1, Handling: 1, Urgent: 1},
		"classes that leave": {Agents: 2, Arrivals: 1, Handling: 1, Patience: 3, Urgent: 0.5},
	} {
		if l.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
