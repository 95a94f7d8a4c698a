// Package bench loads a Parley server over websockets and says what it did: how
// many chats, how long each step took, what it cost, and whether anything was
// lost, repeated, out of order or given to two agents at once.
//
// It is a black box: it knows the protocol and nothing else. The load is an open
// loop: chats arrive when the profile says so, whatever became of those before,
// and every latency counts from when something was meant to happen. So neither a
// slow server nor a slow generator makes the figures better.
//
// Who does what:
//
//	run.go       a run from the first sign-in to the result
//	crowd.go     everybody: agents, customers, supervisors, and the chats between
//	peer.go      one principal's connection: frames in and out, resume
//	agent.go     what an agent does on each event; customer.go, supervisor.go too
//	chat.go      the story of a chat
//	schedule.go  what happens after a thought
//	limit.go     the search for the highest rate that holds
//	machine.go   where it ran
//
// Goroutines: one reads for each connection and acts on what it reads; one plays
// the schedule; one starts chats. Whoever acts has a worker, which remembers the
// connections that it has written to and flushes them once, when it has nothing
// more to do at once. A chat is guarded by its own lock, a connection's outgoing
// half by the connection's; the chat's is always taken first.
package bench
