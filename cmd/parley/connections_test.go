package main

import (
	"errors"
	"math"
	"net"
	"syscall"
	"testing"
)

func TestConnectionsLeaveTheNodeItsOwnFiles(t *testing.T) {
	for files, want := range map[uint64]int{
		0:              0,
		1024:           512,
		3072:           1536,
		20000:          18464,
		math.MaxUint64: 1<<30 - 1536,
	} {
		if got := connectionsWithin(files); got != want {
			t.Errorf("%d connections within %d files, expected %d", got, files, want)
		}
	}
}

func TestAConnectionBeyondTheLastIsAcceptedWhenOneHasGone(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limitedTo(inner, 2)
	accepted := make(chan net.Conn, 4)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			accepted <- c
		}
	}()
	for range 4 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first, second := <-accepted, <-accepted
	if _, ok := first.(syscall.Conn); !ok {
		t.Errorf("%T is no socket", first)
	}
	if n := len(accepted); n > 0 {
		t.Fatal("a third one is accepted beside two")
	}
	first.Close()
	first.Close() // which gives no second place
	third := <-accepted
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the accepting one ended with %v", err)
	}
	if n := len(accepted); n > 0 {
		t.Error("a fourth one is accepted")
	}
	second.Close()
	third.Close()
}
