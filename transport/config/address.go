package config

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// address checks where to listen.
func (c *checker) address(path, addr string) {
	if addr == "" {
		return
	}
	if err := CheckAddress(addr); err != nil {
		c.say(path, "%v", err)
	}
}

// CheckAddress says what is wrong with an address to listen on.
func CheckAddress(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is no address, expected host:port like 127.0.0.1:8080", addr)
	}
	return nil
}

// origin checks one page's origin as browsers send it; its host may have
// wildcards.
func (c *checker) origin(path, origin string) {
	u, err := url.Parse(strings.ReplaceAll(origin, "*", "x"))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		c.say(path, "%q is no origin, expected scheme://host[:port] like https://desk.example.com", origin)
	}
}

// keyAddress checks where keys are fetched: never in the clear over a network.
func (c *checker) keyAddress(path, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Host))) {
		c.say(path, "%q is no safe address of a key set, expected https://…", address)
	}
}

// Loopback reports whether host, with or without a port, can be reached from
// this machine alone.
func Loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
