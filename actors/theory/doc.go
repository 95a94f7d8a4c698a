// Package theory holds the routing rules against queueing theory: it drives
// the real machines of a queue, its agents and its chats on a virtual clock
// with Poisson arrivals, exponential handling times and patience, and compares
// how many wait, how long, and how many leave with the formulas of Erlang
// (M/M/c and M/M/c+M) and Cobham (two priorities).
//
// A routing engine that does not reproduce the formulas leaves somebody waiting
// while an agent is free, or serves in another order than it says.
package theory
