package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/coreos/go-systemd/v22/activation"
)

// What the two listeners are called where somebody else opens them: by
// FileDescriptorName= in a socket unit, and in a take-over.
const (
	publicSocket = "public"
	adminSocket  = "admin"
)

// sockets are listeners that were open before this process wanted them.
type sockets struct {
	named map[string]net.Listener
	// moved lets the configuration name another address than the one that a
	// socket is at; what systemd opens is where its unit says.
	moved bool
}

// activated are the sockets that systemd has opened. It makes the environment
// forget them, so that no child takes them for its own.
func activated() (sockets, error) {
	if os.Getenv("LISTEN_FDS") == "" {
		return sockets{}, nil
	}
	named, err := activation.ListenersWithNames()
	if err != nil {
		return sockets{}, fmt.Errorf("sockets of systemd: %w", err)
	}
	given := sockets{named: map[string]net.Listener{}}
	for name, list := range named {
		if name != publicSocket && name != adminSocket || len(list) != 1 || list[0] == nil {
			return given, fmt.Errorf("systemd gives %d sockets named %q, expected one with FileDescriptorName=%s and one with %s",
				len(list), name, publicSocket, adminSocket)
		}
		given.named[name] = list[0]
	}
	return given, nil
}

// listen takes the socket of a name if there is one where the configuration
// wants it, and opens a new one otherwise.
func (s sockets) listen(name, address string, log *slog.Logger) (net.Listener, error) {
	given := s.named[name]
	if given == nil {
		return net.Listen("tcp", address)
	}
	delete(s.named, name)
	if !s.moved || sameAddress(given.Addr(), address) {
		return given, nil
	}
	log.Warn("the configuration has another address than the socket that is taken over", "socket", name, "is", given.Addr().String(), "listen", address)
	_ = given.Close()
	return net.Listen("tcp", address)
}

// close lets go of what nobody has taken.
func (s sockets) close() {
	for _, l := range s.named {
		_ = l.Close()
	}
}

// sameAddress reports whether a socket is where an address says: port 0 is
// anywhere, and no host is all of them.
func sameAddress(at net.Addr, address string) bool {
	is, ok := at.(*net.TCPAddr)
	want, err := net.ResolveTCPAddr("tcp", address)
	if !ok || err != nil || want.Port != 0 && want.Port != is.Port {
		return false
	}
	everywhere := want.IP == nil || want.IP.IsUnspecified()
	return want.IP.Equal(is.IP) || everywhere && is.IP.IsUnspecified()
}
