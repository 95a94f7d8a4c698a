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
	Role    string        `default:"agent" enum:"customer,agent,supervisor,admin,service" help:"customer, agent, supervisor, admin or service (${default})."`
	Subject string        `required:"" placeholder:"ID" help:"Whose token it is."`
	Name    string        `help:"The person's name."`
	Scope   []string      `placeholder:"NAME" help:"The queues that a supervisor oversees, all of them without it; or the rights of a service, of customer_tokens, history, export, erase and events."`
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
	now := time.Now()
	id := transport.Identity{Principal: acd.Principal{Role: role, ID: c.Subject, Name: c.Name}, Issued: now, Expires: now.Add(c.TTL)}
	if role == acd.RoleService {
		for _, name := range c.Scope {
			id.Rights = append(id.Rights, transport.Right(name))
		}
	} else {
		id.Principal.Scope = acd.ScopeOf(queuesOf(c.Scope)...)
	}
	token, err := transport.Mint(transport.AuthOptions{Secret: secret}, id)
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
