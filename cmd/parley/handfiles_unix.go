//go:build unix

package main

import (
	"fmt"
	"net"
	"syscall"
)

// sendFiles sends a text and open files with it to another process.
func sendFiles(c *net.UnixConn, text string, fds []int) error {
	_, _, err := c.WriteMsgUnix([]byte(text), syscall.UnixRights(fds...), nil)
	return err
}

// receiveFiles takes what sendFiles sends. The files belong to the caller.
func receiveFiles(c *net.UnixConn) (text string, fds []int, err error) {
	words, rights := make([]byte, 256), make([]byte, syscall.CmsgSpace(2*4))
	n, nr, _, _, err := c.ReadMsgUnix(words, rights)
	if err != nil {
		return "", nil, err
	}
	messages, err := syscall.ParseSocketControlMessage(rights[:nr])
	if err != nil {
		return "", nil, err
	}
	if len(messages) != 1 {
		return "", nil, fmt.Errorf("no files came with %q", words[:n])
	}
	fds, err = syscall.ParseUnixRights(&messages[0])
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
	return string(words[:n]), fds, err
}
