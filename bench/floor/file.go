package main

import "os"

// file is the least of journals: one file, a write and a sync for each group.
type file struct {
	*os.File
	end, filled int64
}

// recordHead is what a journal needs around a command.
const recordHead = 64

var (
	head  [recordHead]byte
	zeros [1 << 20]byte
)

func (f *file) take(g *group, _ string, _ *chat, _ *peer, command []byte) {
	g.records = append(g.records, head[:]...)
	g.records = append(g.records, command...)
}

func (f *file) write(g *group) error {
	if len(g.records) == 0 {
		return nil
	}
	if f.end += int64(len(g.records)); f.end > f.filled { // no sync has to make the file longer
		f.filled = f.end + int64(len(zeros))
		if _, err := f.WriteAt(zeros[:], f.end); err != nil {
			return err
		}
	}
	if _, err := f.Write(g.records); err != nil {
		return err
	}
	return syncData(f.File)
}
