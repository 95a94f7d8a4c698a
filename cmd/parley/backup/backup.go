// Package backup copies a node's data while the node works, and puts a copy to
// work again.
//
// A backup is a folder of a bucket: the files of the journal under journal/,
// attachments under attachments/, and BACKUP.json, which lists them all with
// their sums. That one is written last, so a backup without it is none. The
// node sends all of this as one tar stream, in the same order; whoever asked
// writes it where it belongs.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Format is the version of the layout that this program writes.
const Format = 1

// The parts of a backup.
const (
	manifestName    = "BACKUP.json"
	journalPart     = "journal/"
	attachmentsPart = "attachments/"
	markerFile      = "JOURNAL" // without it no journal is opened; see persistence
)

// ErrIncomplete is a stream or a folder that is no whole backup.
var ErrIncomplete = errors.New("the backup is not complete")

// ErrDamaged is a file that is not what the list says.
var ErrDamaged = errors.New("the backup is damaged")

// Manifest lists what a backup has.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"`
	Taken   time.Time `json:"taken_at"`
	Files   []File    `json:"files"`
}

// File is one of them.
type File struct {
	Name   string            `json:"name"`
	Size   int64             `json:"size_bytes"`
	SHA256 string            `json:"sha256"`
	Type   string            `json:"media_type,omitempty"` // of an attachment
	Meta   map[string]string `json:"meta,omitempty"`       // of an attachment
}

// Bytes is the size of all files.
func (m *Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// Count is how many files the journal has, and how many attachments there are.
func (m *Manifest) Count() (journal, attachments int) {
	for _, f := range m.Files {
		if strings.HasPrefix(f.Name, journalPart) {
			journal++
		} else {
			attachments++
		}
	}
	return journal, attachments
}

func (m *Manifest) encode() ([]byte, error) { return json.MarshalIndent(m, "", " ") }

// decodeManifest reads a list and refuses what this program cannot restore.
func decodeManifest(text []byte) (*Manifest, error) {
	m := new(Manifest)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, manifestName, err)
	}
	if m.Format < 1 || m.Format > Format {
		return nil, fmt.Errorf("the backup has format %d, this program knows up to %d", m.Format, Format)
	}
	marked := false
	for _, f := range m.Files {
		if err := f.check(); err != nil {
			return nil, err
		}
		marked = marked || f.Name == journalPart+markerFile
	}
	if !marked {
		return nil, fmt.Errorf("%w: it has no %s%s", ErrDamaged, journalPart, markerFile)
	}
	return m, nil
}

// check refuses names that lead out of the backup.
func (f *File) check() error {
	name, isJournal := strings.CutPrefix(f.Name, journalPart)
	switch {
	case isJournal && name != "" && name != "." && name != ".." && !strings.ContainsAny(name, `/\`):
		return nil
	case !isJournal && strings.HasPrefix(f.Name, attachmentsPart) && path.Clean(f.Name) == f.Name:
		return nil
	}
	return fmt.Errorf("%w: it has a file named %q", ErrDamaged, f.Name)
}
