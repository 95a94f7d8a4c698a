package main

import (
	"errors"
	"fmt"

	"github.com/parley-engine/parley/transport/config"
)

type checkCommand struct {
	File string `arg:"" help:"The configuration, YAML."`
}

// Run names all problems of the file on standard output, as compilers do.
func (c *checkCommand) Run(m Main) error {
	settings, err := config.Load(c.File)
	if problems := new(config.Problems); errors.As(err, &problems) {
		fmt.Fprint(m.Out, problems.Lines())
		return usage(fmt.Errorf("%s: %s", c.File, count(len(problems.List), "problem")))
	}
	if err != nil {
		return usage(err)
	}
	e := settings.Engine
	_, err = fmt.Fprintf(m.Out, "%s: ok (%s, %s, %s, %s)\n", c.File, count(len(e.Queues), "queue"),
		count(len(e.Agents), "agent"), count(len(e.Sources), "source"), count(len(e.Channels), "channel"))
	return err
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
