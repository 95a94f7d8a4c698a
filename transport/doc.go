// Package transport is the edge: it speaks parley.v1 over websockets with
// whoever comes, and turns what they say into commands and what happens into
// frames. It decides nothing about chats.
//
// # A connection
//
// Each connection has one goroutine that reads, for as long as it lives, and one
// that writes, only while there is something to write. The reader owns the
// connection: whoever wants it closed gives a reason to shut, and the reader
// ends it, so that there is one way out. The writer asks the engine's session
// for what is ready, encodes it and puts it into one system call; it pulls, so
// that nothing piles up here for a peer who does not read: he is closed with
// 4003 when one write takes longer than WriteTimeout.
//
// # Authority
//
// Who somebody is comes from his token and from nowhere else. What a frame says
// about its sender is not read.
package transport
