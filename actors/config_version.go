package actors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// configStream keeps every version of the configuration, so that an old
// decision can be explained by the version that it names.
const configStream = "config/config"

// ConfigChange is a configuration on its way in.
type ConfigChange struct {
	Config *acd.Config
	ConfigNote
	// Expect is the version that the change was thought out on; with another
	// one it is ErrConfigMoved. 0 is any.
	Expect uint64
	// Answer, if it is set, says what is kept in the same batch for who asks
	// again: both are on disk, or neither.
	Answer func(version uint64) (key AnswerKey, kept KeptAnswer)
}

// ErrConfigMoved refuses a change of a configuration that another change has
// taken the place of.
var ErrConfigMoved = errors.New("the configuration has changed meanwhile")

// ConfigNote is what is kept beside a version. The engine reads none of it.
type ConfigNote struct {
	// Document is the configuration as the operator wrote it.
	Document []byte `json:"document,omitempty"`
	// File names the content of the file that was taken last. A version that
	// comes from elsewhere keeps the one before.
	File   string        `json:"file,omitempty"`
	By     acd.Principal `json:"by,omitzero"`
	Reason string        `json:"reason,omitempty"`
}

// ConfigVersion is one version as the journal has it.
type ConfigVersion struct {
	Version uint64    `json:"-"`
	At      time.Time `json:"at,omitzero"` // zero in records that an older program has written
	ConfigNote
	// Compiled is what the rules were given, as JSON.
	Compiled json.RawMessage `json:"compiled"`
}

// configRecord is the first byte of a version's record. Older ones are what the
// rules were given alone, which begins with a brace.
const configRecord = 2

func encodeConfig(v *ConfigVersion) ([]byte, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode the configuration: %w", err)
	}
	return append([]byte{configRecord}, body...), nil
}

func decodeConfig(version uint64, b []byte) (ConfigVersion, error) {
	v := ConfigVersion{Version: version}
	switch first(b) {
	case '{':
		v.Compiled = bytes.Clone(b)
	case configRecord:
		if err := json.Unmarshal(b[1:], &v); err != nil {
			return v, fmt.Errorf("configuration %d: %w", version, err)
		}
	default:
		return v, fmt.Errorf("configuration %d: a record of kind %d, expected %d", version, first(b), configRecord)
	}
	return v, nil
}

// writeConfig returns the configuration with its version: that of the last one
// on disk if it is the same, else the next, which is on disk then.
func (e *Engine) writeConfig(c ConfigChange) (*acd.Config, error) {
	next := *c.Config
	next.Version = 0
	compiled, err := json.Marshal(&next)
	if err != nil {
		return nil, fmt.Errorf("encode the configuration: %w", err)
	}
	last, err := e.Past().ConfigVersion(0)
	if err != nil && !errors.Is(err, acd.ErrNotFound) {
		return nil, fmt.Errorf("read the last configuration: %w", err)
	}
	made := ConfigVersion{Version: last.Version, At: e.now(), ConfigNote: c.ConfigNote, Compiled: compiled}
	if made.File == "" {
		made.File = last.File
	}
	var rows []Row
	if same := last.is(&made); !same {
		made.Version++
	}
	if c.Answer != nil {
		key, kept := c.Answer(made.Version)
		rows = append(rows, key.row(e.now(), kept))
	}
	entry := Entry{Rows: rows}
	if made.Version != last.Version {
		entry.Stream, entry.Seq = configStream, made.Version
		if entry.Record, err = encodeConfig(&made); err != nil {
			return nil, err
		}
	}
	if entry.Record != nil || rows != nil {
		if err := e.put(entry); err != nil {
			return nil, fmt.Errorf("write the configuration: %w", err)
		}
	}
	next.Version = made.Version
	return &next, nil
}

// is reports whether made would say nothing new. What brings no document and
// means the same does not take the place of a document.
func (v *ConfigVersion) is(made *ConfigVersion) bool {
	return v.Version > 0 && bytes.Equal(v.Compiled, made.Compiled) && v.File == made.File &&
		(made.Document == nil || bytes.Equal(v.Document, made.Document))
}

// ConfigVersion returns one version of the configuration, the last one for 0.
// It is acd.ErrNotFound when there is none.
func (p *Past) ConfigVersion(version uint64) (ConfigVersion, error) {
	if version == 0 {
		last, err := p.lastConfig()
		if err != nil {
			return ConfigVersion{}, err
		}
		version = last
	}
	b, err := p.journal.Record(configStream, version)
	if err != nil {
		return ConfigVersion{}, fmt.Errorf("configuration %d: %w", version, err)
	}
	if b == nil {
		return ConfigVersion{}, fmt.Errorf("configuration %d: %w", version, acd.ErrNotFound)
	}
	return decodeConfig(version, b)
}

// lastConfig finds the number of the last version without reading them all:
// they are dense, so strides that double and then halve lead there.
func (p *Past) lastConfig() (last uint64, err error) {
	there := func(version uint64) bool {
		b, failed := p.journal.Record(configStream, version)
		err = errors.Join(err, failed)
		return b != nil
	}
	stride := uint64(1)
	for ; there(last + stride); stride *= 2 {
		last += stride
	}
	for stride /= 2; stride > 0; stride /= 2 {
		if there(last + stride) {
			last += stride
		}
	}
	if err != nil {
		return 0, fmt.Errorf("last configuration: %w", err)
	}
	return last, nil
}

// ConfigVersions returns up to limit versions, the newest first, below before;
// 0 begins with the last one.
func (p *Past) ConfigVersions(before uint64, limit int) (page []ConfigVersion, err error) {
	last, err := p.lastConfig()
	if err != nil {
		return nil, err
	}
	if before == 0 || before > last {
		before = last + 1
	}
	for version := before - 1; version > 0 && len(page) < limit; version-- {
		v, err := p.ConfigVersion(version)
		if err != nil {
			return nil, err
		}
		page = append(page, v)
	}
	return page, nil
}
