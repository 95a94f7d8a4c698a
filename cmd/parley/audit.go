package main

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/transport"
)

type auditCommand struct {
	From    time.Time `placeholder:"TIME" help:"What was done from then on (RFC 3339)."`
	To      time.Time `placeholder:"TIME" help:"What was done before then."`
	Who     string    `placeholder:"ID" help:"By this person."`
	What    string    `placeholder:"WORD" help:"Of this kind, such as take_over, force_end, export or sign_in."`
	On      string    `placeholder:"ADDRESS" help:"On this one, such as chat/ID or agent/alice."`
	Outcome string    `placeholder:"CODE" help:"With this outcome: ok, or the code of a refusal."`
	Limit   int       `default:"100" help:"At most so many, newest first (${default})."`
	stored
}

// Run lists the audit trail, newest first, one JSON object a line.
func (c *auditCommand) Run(m Main) error {
	if c.Limit < 1 {
		return usage(fmt.Errorf("--limit is %d, expected a number from 1", c.Limit))
	}
	return c.read(m, func(j journal) error {
		write := m.lines()
		q := actors.TrailQuery{From: c.From, To: c.To, Who: c.Who, What: c.What, On: c.On, Outcome: c.Outcome}
		for left := c.Limit; left > 0; {
			q.Limit = left
			page, next, err := actors.NewPast(j).Trail(q)
			if err != nil {
				return err
			}
			for _, e := range page {
				if err := write(transport.AuditEntryOf(e)); err != nil {
					return err
				}
			}
			left -= len(page)
			if q.Cursor = next; next == nil {
				return nil
			}
		}
		return nil
	})
}
