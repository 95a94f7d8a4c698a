package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/parley-engine/parley/actors/theory"
)

// theoryResult is the JSON of bench --validate.
type theoryResult struct {
	Command string       `json:"command"`
	Seed    uint64       `json:"seed"`
	Seconds float64      `json:"seconds"`
	Holds   bool         `json:"holds"`
	Rows    []theory.Row `json:"rows"`
}

// validate compares the rules with the formulas and prints a line for each
// figure. A figure out of its bound is an error.
func (c *benchCommand) validate(ctx context.Context, m Main) error {
	seed := c.Seed
	if seed == 0 {
		seed = 1
	}
	began := time.Now()
	rows, err := theory.Validate(ctx, theory.Options{Seed: seed, Chats: c.Chats, Done: func(done, of int) {
		fmt.Fprintf(m.Err, "\r%d of %d loads", done, of)
	}})
	fmt.Fprintln(m.Err)
	if err != nil {
		return err
	}
	result := theoryResult{Command: commandLine(), Seed: seed, Seconds: time.Since(began).Seconds(), Holds: true, Rows: rows}
	wrong := 0
	w := tabwriter.NewWriter(m.Out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "model\tagents\toccupancy\tfigure\ttheory\tmeasured\t± 95 %\t± bound\t\t\n")
	for _, r := range rows {
		for _, f := range r.Figures {
			verdict := "holds"
			if !f.Holds {
				verdict, result.Holds = "BREAKS", false
				wrong++
			}
			fmt.Fprintf(w, "%s\t%d\t%.2f\t%s\t%.4g\t%.4g\t%.2g\t%.2g\t%s\t\n",
				r.Model, r.Load.Agents, r.Load.Occupancy(), f.Name, f.Predicted, f.Measured, f.Half, f.Bound, verdict)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if c.JSON != "" {
		if err := writeJSON(m, c.JSON, result); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d figures are not what theory says (seed %d): %w", wrong, seed, errTheory)
	}
	fmt.Fprintf(m.Out, "every figure is what theory says, %.0f s\n", result.Seconds)
	return nil
}

var errTheory = errors.New("the routing rules are not the queue that they claim to be")
