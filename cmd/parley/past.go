package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
	"github.com/parley-engine/parley/transport"
)

// stored is what the commands about the past have in common: a data folder
// that no server is writing to. Of a running one the admin listener answers.
type stored struct {
	Data string `default:"./parley-data" env:"PARLEY_DATA" placeholder:"DIR" help:"Data folder of a server that is stopped (${default}); ask a running one at its admin address, under /v1/admin."`
}

// read opens the folder for the time that look takes.
func (s *stored) read(m Main, look func(journal) error) (err error) {
	j, err := m.openJournal(s.Data, persistence.Options{})
	if errors.Is(err, persistence.ErrInUse) {
		return usage(fmt.Errorf("%w: a server runs on it, ask it at its admin address under /v1/admin", err))
	}
	if err != nil {
		return refused(err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	err = look(j)
	if errors.Is(err, acd.ErrNotFound) {
		return usage(err)
	}
	return err
}

// lines writes one JSON value a line.
func (m Main) lines() func(any) error {
	out := json.NewEncoder(m.Out)
	return func(v any) error { return out.Encode(v) }
}

type explainCommand struct {
	Chat string `arg:"" help:"The chat."`
	stored
}

// Run says, for each offer of a chat, why it went to whom it went and why it
// did not go to the others.
func (c *explainCommand) Run(m Main) error {
	return c.read(m, func(j journal) error {
		found, err := actors.NewPast(j).Explain(acd.ChatID(c.Chat))
		for _, x := range found {
			m.explain(x)
		}
		return err
	})
}

func (m Main) explain(x actors.Explanation) {
	d := x.Decision
	fmt.Fprintf(m.Out, "%s  offer %s (%s, attempt %d) to %s\n", x.Offer.Started.Format(time.RFC3339), x.Offer.ID, x.Offer.Kind, x.Offer.Attempt, x.Offer.Agent)
	if d.Winner == "" {
		fmt.Fprintf(m.Out, "  asked for by %s\n", x.Offer.From)
		return
	}
	fmt.Fprintf(m.Out, "  queue %s, %s, configuration %d: %s, %s\n", d.Queue, d.Strategy, d.Version, d.Winner, d.Why)
	for _, p := range d.Passed {
		fmt.Fprintf(m.Out, "  not %s: %s\n", p.Agent, p.Why)
	}
	for _, p := range d.More {
		fmt.Fprintf(m.Out, "  not %d more: %s\n", p.Count, p.Why)
	}
}

type replayCommand struct {
	Chat string `arg:"" help:"The chat."`
	At   uint64 `placeholder:"SEQ" help:"Stop after this record and print the whole state."`
	stored
}

// Run folds a chat's records, one line each; with --at the last line is the
// whole state at that moment.
func (c *replayCommand) Run(m Main) error {
	return c.read(m, func(j journal) error {
		write := m.lines()
		var state acd.ChatState
		err := actors.NewPast(j).Replay(acd.ChatID(c.Chat), c.At, func(moment actors.Moment) error {
			state = moment.State.ChatState
			return write(transport.ViewMoment(moment))
		})
		if err != nil || c.At == 0 {
			return err
		}
		return write(state)
	})
}

type historyCommand struct {
	From     time.Time `placeholder:"TIME" help:"Chats that ended from then on (RFC 3339)."`
	To       time.Time `placeholder:"TIME" help:"Chats that ended before then."`
	Queue    string    `help:"Of this queue."`
	Agent    string    `help:"With this agent in it."`
	Customer string    `help:"Of this customer."`
	Source   string    `help:"From this source."`
	Limit    int       `default:"100" help:"At most so many, newest first (${default})."`
	stored
}

// Run lists ended chats, newest first, one JSON object a line.
func (c *historyCommand) Run(m Main) error {
	if c.Limit < 1 {
		return usage(fmt.Errorf("--limit is %d, expected a number from 1", c.Limit))
	}
	return c.read(m, func(j journal) error {
		write := m.lines()
		q := actors.Query{From: c.From, To: c.To, Queue: acd.QueueID(c.Queue), Agent: acd.AgentID(c.Agent),
			Customer: acd.CustomerID(c.Customer), Source: acd.SourceID(c.Source), Limit: c.Limit}
		for left := c.Limit; left > 0; {
			page, next, err := actors.NewPast(j).History(q)
			if err != nil {
				return err
			}
			for _, s := range page[:min(left, len(page))] {
				if err := write(transport.SegmentOf(s)); err != nil {
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

type transcriptCommand struct {
	Chat string `arg:"" help:"The chat."`
	stored
}

// Run exports a transcript, one JSON object a line.
func (c *transcriptCommand) Run(m Main) error {
	return c.read(m, func(j journal) error {
		write := m.lines()
		return actors.NewPast(j).Transcript(acd.ChatID(c.Chat), func(line acd.Message) error { return write(transport.LineOf(line)) })
	})
}

type eraseCommand struct {
	Customer    string `arg:"" optional:"" help:"The customer, for all of his chats."`
	Chat        string `placeholder:"ID" help:"One chat alone."`
	Attachments string `env:"PARLEY_ATTACHMENTS" placeholder:"PLACE" help:"Where attachments are kept, as with serve."`
	stored
}

// Run destroys the keys of ended chats, and with them what was said in them and
// of whom, and removes their files.
func (c *eraseCommand) Run(m Main) error {
	if (c.Customer == "") == (c.Chat == "") {
		return usage(errors.New("expected a customer or --chat, and not both"))
	}
	return c.read(m, func(j journal) error {
		epoch, err := j.Acquire()
		if err != nil {
			return err
		}
		if c.Chat != "" {
			return c.one(m, actors.NewPast(j), epoch)
		}
		past := actors.NewPast(j)
		erased, open, err := past.Erase(epoch, acd.CustomerID(c.Customer))
		err = errors.Join(err, eraseFiles(c.Attachments, c.Data, erased), noteErased(past, epoch, "customer/"+c.Customer, err))
		fmt.Fprintf(m.Out, "%s: text of %s erased, %s still open\n", c.Customer, count(len(erased), "chat"), count(len(open), "chat"))
		return err
	})
}

func (c *eraseCommand) one(m Main, past *actors.Past, epoch uint64) error {
	chat := acd.ChatID(c.Chat)
	err := past.EraseChat(epoch, chat)
	if failed := noteErased(past, epoch, chat.Address().String(), err); err == nil {
		err = failed
	}
	if err != nil {
		if errors.Is(err, actors.ErrOpen) {
			return usage(fmt.Errorf("%s: %w", chat, err))
		}
		return err
	}
	if err := eraseFiles(c.Attachments, c.Data, []acd.ChatID{chat}); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, "%s: text erased\n", chat)
	return nil
}

// noteErased tells in the audit trail that text was erased on the host, or that
// it was not.
func noteErased(past *actors.Past, epoch uint64, on string, err error) error {
	line := actors.TrailEntry{At: time.Now().UTC(), Who: byHost, What: "erase", On: on, Outcome: actors.TrailOK}
	var refused *acd.Refusal
	switch {
	case errors.As(err, &refused):
		line.Outcome = refused.Code
	case err != nil:
		line.Outcome = "internal"
	}
	return past.Note(epoch, line)
}

type checkDataCommand struct {
	stored
}

// Run folds the whole store and holds it against every invariant.
func (c *checkDataCommand) Run(m Main) error {
	return c.read(m, func(j journal) error { return m.auditData(j, c.Data) })
}

// auditData says what a store has, and each thing that cannot be.
func (m Main) auditData(j journal, name string) error {
	problems := 0
	sum, err := actors.Audit(j, func(found error) {
		problems++
		fmt.Fprintf(m.Out, "%s\n", found)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Out, "%s: %s (%d closed), %s, %s, %s, %s\n", name, count(sum.Chats, "chat"), sum.Closed, count(sum.Agents, "agent"),
		count(sum.Records, "record"), count(sum.Messages, "message"), count(sum.Rows, "index row"))
	if problems > 0 {
		return &exitError{exitJournal, fmt.Errorf("%s: %s", name, count(problems, "problem"))}
	}
	return nil
}
