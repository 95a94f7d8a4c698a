package main

import (
	"net"

	"golang.org/x/net/netutil"
)

const (
	// ownFiles is how many files a node may need beside its connections: tables
	// of the journal (a thousand, the store's own bound), its logs, attachments,
	// listeners, the operator's connections and those to others. With none left
	// the journal fails and the node ends.
	ownFiles = 1536
	// otherConnections are the public listener's for plain HTTP, and for
	// websockets that are told that there are too many.
	otherConnections = 64
)

// mostConnections is how many websockets the files that the process may open
// allow; 0, which bounds nothing, where the system does not tell.
func mostConnections() int {
	files, err := openFilesLimit()
	if err != nil {
		return 0
	}
	return connectionsWithin(files)
}

// connectionsWithin leaves the node its own files, or half of few.
func connectionsWithin(files uint64) int {
	const plenty = 1 << 30
	files = min(files, plenty)
	return int(max(files/2, files-min(files, ownFiles)))
}

// limited accepts no more connections than there are files for: those beyond
// wait in the system's line.
func limited(l net.Listener) net.Listener {
	most := mostConnections()
	if most == 0 {
		return l
	}
	return netutil.LimitListener(l, most+otherConnections)
}
