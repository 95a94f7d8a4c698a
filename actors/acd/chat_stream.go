package acd

// namesKept bounds the names that a chat keeps ready: its customer's, and those
// of the agents whom most chats have.
const namesKept = 4

// stream is the stream of one who hears of the chat. The same few are named with
// every message, so their names are made once in a life.
func (c *Chat) stream(kind, id string) Stream {
	for _, name := range c.names {
		if len(name) == len(kind)+len(id) && string(name[:len(kind)]) == kind && string(name[len(kind):]) == id {
			return name
		}
	}
	name := Stream(kind + id)
	if len(c.names) < namesKept {
		c.names = append(c.names, name)
	}
	return name
}

func (c *Chat) customerStream() Stream { return c.stream(customerStreams, string(c.Customer.ID)) }

func (c *Chat) agentStream(a AgentID) Stream { return c.stream(agentStreams, string(a)) }
