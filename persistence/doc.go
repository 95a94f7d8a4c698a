// Package persistence keeps an engine's records on disk: streams of numbered
// records, one snapshot a stream, and rows that stand or fall with a record. It
// knows neither chats nor agents; a record is bytes.
//
// A Store holds one folder and gives one total order to everything appended to
// it. Memory is the same contract without a disk, for tests and as a baseline.
// DESIGN.md says how the promise "Done means durable, in order, or never" is
// kept, and what was rejected on the way.
//
// Reads (Replay, Get, Scan, …) see every entry whose Done has run and may see
// later ones that are not durable yet: what is read may only leave the node
// behind a barrier.
package persistence
