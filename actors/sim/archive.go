package sim

import "bytes"

// secretTable is the table of the keys that words are sealed under.
const secretTable = 'k'

// secret is a key as it was from a record on.
type secret struct {
	from  int // so many records there were
	value []byte
}

// keepSecret notes a key for the archive, which outlives the key itself.
func (d *disk) keepSecret(key string, value []byte, h *held) {
	if key[0] != secretTable {
		return
	}
	d.secrets[key] = append(d.secrets[key], secret{len(d.order), bytes.Clone(value)})
	h.undo = append(h.undo, func() { d.secrets[key] = d.secrets[key][:len(d.secrets[key])-1] })
}

// archive is a disk as if nothing had ever been erased or dropped from it, for checkers: a
// record that Last has given is read with the keys of its time.
type archive struct {
	*disk
	at int // the record that is being read
}

// Last implements actors.Journal.
func (a *archive) Last(n int, fn func(string, uint64, []byte) error) error {
	for a.at = max(0, len(a.order)-n); a.at < len(a.order); {
		p := a.order[a.at]
		a.at++
		if err := fn(p.stream, p.seq, p.track.records[p.seq-1]); err != nil {
			return err
		}
	}
	return nil
}

// Get implements actors.Journal.
func (a *archive) Get(key []byte) ([]byte, error) {
	if len(key) == 0 || key[0] != secretTable {
		return a.disk.Get(key)
	}
	list := a.secrets[string(key)]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].from <= a.at {
			return list[i].value, nil
		}
	}
	return nil, nil
}
