package main

import (
	"net"
	"sync"
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
	return limitedTo(l, most+otherConnections)
}

func limitedTo(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

// limitedListener is what netutil.LimitListener is, except that its connections
// still are sockets: of one that is not, the edge writes in a goroutine that
// waits, and holds more memory.
type limitedListener struct {
	net.Listener
	places chan struct{} // one for each connection that is open
	once   sync.Once
	closed chan struct{}
}

// Accept implements net.Listener.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &limitedConn{TCPConn: tcp, places: l.places}, nil
	}
	<-l.places // a socket of the file system is a proxy's, which has a bound of its own
	return c, err
}

// Close implements net.Listener.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// limitedConn is a socket that gives its place back.
type limitedConn struct {
	*net.TCPConn
	places chan struct{}
	once   sync.Once
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	err := c.TCPConn.Close()
	c.once.Do(func() { <-c.places })
	return err
}
