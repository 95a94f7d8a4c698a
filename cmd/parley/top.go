package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/term"

	"github.com/parley-engine/parley/cmd/parley/top"
)

type topCommand struct {
	operator
	Every time.Duration `default:"2s" help:"How often to look (${default})."`
	Once  bool          `help:"Look twice, print one picture and end; needs no terminal."`
}

// Run shows the node until somebody presses q, also while it is away.
func (c *topCommand) Run(ctx context.Context, m Main) error {
	if c.Every <= 0 {
		return usage(fmt.Errorf("--every is %s, expected a time above 0 such as 2s", c.Every))
	}
	client, err := c.client()
	if err != nil {
		return err
	}
	node := &top.Node{Address: c.Address, Token: c.Token, Client: client, Now: time.Now}
	model := top.New(c.Address, c.Every, node, time.Now)
	if c.Once {
		return c.once(ctx, m, node, model)
	}
	out, isFile := m.Out.(*os.File)
	if !isFile || !term.IsTerminal(int(out.Fd())) {
		return usage(errors.New("parley top needs a terminal, or --once"))
	}
	_, err = tea.NewProgram(model, tea.WithOutput(out), tea.WithContext(ctx), tea.WithAltScreen()).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// once looks twice, since a rate lies between two looks.
func (c *topCommand) once(ctx context.Context, m Main, node *top.Node, model *top.Model) error {
	for i := range 2 {
		if i > 0 {
			select {
			case <-time.After(c.Every):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		asked, cancel := context.WithTimeout(ctx, asking)
		look, err := node.Look(asked)
		cancel()
		if err != nil {
			return fmt.Errorf("look at the node: %w", err)
		}
		model.Take(look, nil)
	}
	_, err := fmt.Fprintln(m.Out, model.View())
	return err
}
