package outbound

// NATS says where events are published with JetStream.
type NATS struct {
	URL string
}

func (n NATS) withDefaults() NATS { return n }

func (n NATS) validate() error { return nil }
