package main

import (
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
)

type tokenCommand struct {
	Dev     bool          `required:"" help:"Sign with the development secret of the data folder. There is no other way: a deployment's tokens come from its own sign-in."`
	Data    string        `default:"./parley-data" env:"PARLEY_DATA" placeholder:"DIR" help:"Data folder that parley serve --dev was started on (${default})."`
	Role    string        `default:"agent" enum:"customer,agent,supervisor,admin" help:"customer, agent, supervisor or admin (${default})."`
	Subject string        `required:"" placeholder:"ID" help:"Whose token it is."`
	Name    string        `help:"The person's name."`
	Scope   []string      `placeholder:"QUEUE" help:"The queues that a supervisor oversees; all of them without it."`
	TTL     time.Duration `help:"How long the token lives; at most, and by default, 15m for a customer and 8h for all others."`
}

// Run prints the token alone, for use in a shell's $(…).
func (c *tokenCommand) Run(m Main) error {
	role := acd.Role(c.Role)
	most := lifetime(role)
	switch {
	case c.TTL == 0:
		c.TTL = most
	case c.TTL < 0 || c.TTL > most:
		return usage(fmt.Errorf("--ttl %s is out of range, expected up to %s for the role %s", c.TTL, most, role))
	}
	secret, err := devSecret(c.Data)
	if err != nil {
		return usage(err)
	}
	token, err := transport.MintDev(secret, role, c.Subject, c.Name, c.TTL, queuesOf(c.Scope)...)
	if err != nil {
		return usage(err)
	}
	_, err = fmt.Fprintln(m.Out, token)
	return err
}

func queuesOf(names []string) (queues []acd.QueueID) {
	for _, name := range names {
		queues = append(queues, acd.QueueID(name))
	}
	return queues
}
