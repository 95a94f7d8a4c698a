package transport

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/gobwas/ws"
)

// end is one connection of a benchmark's peers.
type end struct {
	conn net.Conn
	r    *bufio.Reader
	head [ws.MaxHeaderSize]byte
	text []byte // of the last message
}

func dialEnd(address, query string) (*end, error) {
	c, r, err := dialRaw(address, query)
	return &end{conn: c, r: r}, err
}

// read is the next text message; it is valid until the next call.
func (e *end) read() ([]byte, error) {
	h, err := ws.ReadHeaderBuffer(e.r, e.head[:])
	if err != nil {
		return nil, err
	}
	if h.OpCode != ws.OpText {
		return nil, fmt.Errorf("a frame of kind %d", h.OpCode)
	}
	if int(h.Length) > cap(e.text) {
		e.text = make([]byte, h.Length)
	}
	e.text = e.text[:h.Length]
	_, err = io.ReadFull(e.r, e.text)
	return e.text, err
}

// until reads on to a message with a text.
func (e *end) until(text string) error {
	for {
		got, err := e.read()
		switch {
		case err != nil:
			return fmt.Errorf("waiting for %s: %w", text, err)
		case bytes.Contains(got, []byte(text)):
			return nil
		case bytes.Contains(got, []byte(`"type":"error"`)):
			return fmt.Errorf("waiting for %s: %s", text, got)
		}
	}
}

func (e *end) ask(frame, answer string) error {
	if _, err := e.conn.Write(masked(frame)); err != nil {
		return err
	}
	return e.until(answer)
}

// field is a text field of the last message.
func (e *end) field(name string) string {
	_, rest, _ := strings.Cut(string(e.text), `"`+name+`":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
