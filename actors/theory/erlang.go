package theory

import (
	"errors"
	"fmt"
	"math"
)

// Load is what comes to a group of agents who take one chat each at a time.
type Load struct {
	Agents   int     `json:"agents"`
	Arrivals float64 `json:"arrivals_per_s"` // per second, Poisson
	Handling float64 `json:"handling_s"`     // mean, exponential
	Patience float64 `json:"patience_s"`     // mean, exponential; 0 is without end
	// Urgent is the share of chats with a higher priority, 0 for one class.
	Urgent float64 `json:"urgent,omitempty"`
}

// Offered is the traffic in erlang: how many agents would be busy if nobody
// ever waited.
func (l Load) Offered() float64 { return l.Arrivals * l.Handling }

// Occupancy is the offered traffic for each agent.
func (l Load) Occupancy() float64 { return l.Offered() / float64(l.Agents) }

// Validate names what cannot be predicted.
func (l Load) Validate() error {
	switch {
	case l.Agents < 1:
		return fmt.Errorf("a load needs at least 1 agent, has %d", l.Agents)
	case l.Arrivals <= 0 || l.Handling <= 0 || l.Patience < 0:
		return errors.New("arrivals and handling time must be above 0, patience at least 0")
	case l.Patience == 0 && l.Occupancy() >= 1:
		return fmt.Errorf("with endless patience %d agents must have more than %.3g erlang to give", l.Agents, l.Offered())
	case l.Urgent < 0 || l.Urgent >= 1:
		return fmt.Errorf("the share of urgent chats must be in [0, 1), is %g", l.Urgent)
	case l.Urgent > 0 && l.Patience > 0:
		return errors.New("two priorities are predicted for endless patience only")
	}
	return nil
}

// Measures are what theory foretells and a run shows. Times are in seconds.
type Measures struct {
	Waiting   float64 // the share of chats that find no agent free
	MeanWait  float64 // of all chats, those that leave among them
	Level     float64 // the share served within LevelWithin
	Abandoned float64 // the share that leaves before an agent accepts
	Urgent    float64 // mean wait of the urgent class
	Patient   float64 // mean wait of the other one
}

// LevelWithin is the threshold of the service level, in seconds.
const LevelWithin = 20

// Predict gives the formulas' answer for a valid load. What they do not cover
// is NaN: a service level with patience or priorities, waits by class without
// classes.
func (l Load) Predict() Measures {
	at := l.states()
	m := Measures{Level: math.NaN(), Urgent: math.NaN(), Patient: math.NaN()}
	queue := 0.0
	for n, p := range at {
		if n >= l.Agents {
			m.Waiting += p
			queue += p * float64(n-l.Agents)
		}
	}
	m.MeanWait = queue / l.Arrivals // Little's law
	if l.Patience > 0 {
		m.Abandoned = queue / l.Patience / l.Arrivals
		return m
	}
	if l.Urgent > 0 {
		// Cobham 1954: priorities without pre-emption, one handling time.
		busy, urgent := l.Occupancy(), l.Occupancy()*l.Urgent
		first := m.Waiting * l.Handling / float64(l.Agents)
		m.Urgent = first / (1 - urgent)
		m.Patient = first / ((1 - urgent) * (1 - busy))
		return m
	}
	spare := float64(l.Agents)/l.Handling - l.Arrivals
	m.Level = 1 - m.Waiting*math.Exp(-spare*LevelWithin)
	return m
}

// states is the stationary distribution of the number of chats that wait or are
// served: a birth and death process whose rates are l.Arrivals up and, down,
// one handling rate a busy agent and one patience rate a waiting chat. It is
// cut where what is left is below the precision of the rest.
func (l Load) states() []float64 {
	down := func(n int) float64 {
		rate := float64(min(n, l.Agents)) / l.Handling
		if l.Patience > 0 {
			rate += float64(max(n-l.Agents, 0)) / l.Patience
		}
		return rate
	}
	// Weights are taken from the state with all agents busy, so that none of
	// them is too great.
	weight := make([]float64, l.Agents+1, 4*l.Agents+64)
	weight[l.Agents] = 1
	for n := l.Agents; n > 0; n-- {
		weight[n-1] = weight[n] * down(n) / l.Arrivals
	}
	sum := 0.0
	for _, w := range weight {
		sum += w
	}
	for n := l.Agents + 1; ; n++ {
		w := weight[n-1] * l.Arrivals / down(n)
		weight = append(weight, w)
		sum += w
		if w < sum*1e-16 && l.Arrivals < down(n) {
			break
		}
	}
	for n := range weight {
		weight[n] /= sum
	}
	return weight
}
