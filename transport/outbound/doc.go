// Package outbound tells other systems what happens in the engine: as a stream
// over HTTP that can be resumed (server-sent events, lines of JSON), as signed
// webhooks, and published with NATS JetStream.
//
// All of them read the journal behind its durable end, each from a cursor of
// its own, and at the pace of its receiver. The engine never waits for them and
// keeps nothing in memory for them: a receiver that is slow or dead costs the
// disk that the journal needs anyway, up to a bound, and is told of the gap if
// it comes back later than that.
//
// Delivery is at least once, and in order within a chat. Every event has an id
// that is the same each time, which is also its place in the order.
package outbound
