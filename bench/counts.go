package bench

import (
	"maps"
	"sync"
	"sync/atomic"
)

// counts is what happened how often, since the beginning.
type counts struct {
	arrived    atomic.Int64 // chats that were due
	notStarted atomic.Int64 // for want of a connection
	accepted   atomic.Int64 // starts
	refused    atomic.Int64 // starts
	offered    atomic.Int64 // chats that have rung
	completed  atomic.Int64 // chats that were served, ended and wrapped up
	abandoned  atomic.Int64 // chats that ended unserved
	unfinished atomic.Int64 // chats that did not end by themselves
	messages   atomic.Int64 // delivered to the other side
	transfers  atomic.Int64
	declined   atomic.Int64 // transfers, by who was asked
	ronas      atomic.Int64
	rejects    atomic.Int64
	frames     atomic.Int64 // events and ephemeral frames of the server's
	boards     atomic.Int64
	cuts       atomic.Int64 // connections that broke
	resumed    atomic.Int64
	snapshots  atomic.Int64 // returns that were not resumed
	retries    atomic.Int64 // attempts to connect that failed

	mu     sync.Mutex
	errors map[string]int64 // by code
	failed int64
}

func (c *counts) fail(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errors == nil {
		c.errors = map[string]int64{}
	}
	c.errors[code]++
	c.failed++
}

func (c *counts) failures() map[string]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errors == nil {
		return map[string]int64{}
	}
	return maps.Clone(c.errors)
}

func (c *counts) failedSoFar() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}
