package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// noted is what a file of results says of one bug.
type noted struct {
	Bug     string  `json:"bug"`
	File    string  `json:"file"`
	Breaks  string  `json:"breaks"`
	Killer  string  `json:"killer,omitempty"` // empty: nobody has found it
	Invalid bool    `json:"invalid,omitempty"`
	Seconds float64 `json:"seconds"`
}

// note appends the result to a file, at once, so that a run that is broken off
// has not been for nothing.
func (r result) note(path string) error {
	if path == "" {
		return nil
	}
	line, err := json.Marshal(noted{Bug: r.bug.name, File: r.bug.file, Breaks: r.bug.breaks,
		Killer: r.killer, Invalid: r.invalid, Seconds: r.took.Seconds()})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// earlier are the bugs that a file of results knows, by name; the last word
// about each counts.
func earlier(path string) (map[string]noted, error) {
	known := map[string]noted{}
	file, err := os.Open(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		var r noted
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		known[r.Bug] = r
	}
	return known, lines.Err()
}
