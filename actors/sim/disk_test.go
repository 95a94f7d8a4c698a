package sim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors"
)

// listed is what a journal says that it has.
func listed(t *testing.T, j actors.Journal) string {
	t.Helper()
	var all []string
	if err := j.Last(100, func(stream string, seq uint64, b []byte) error {
		all = append(all, fmt.Sprintf("%s#%d", stream, seq))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	key, err := j.Get([]byte("ka"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append(all, string(key)), " ")
}

func TestWhatIsDroppedIsInTheArchiveAndComesBackIfTheDropIsLost(t *testing.T) {
	m := newMachine(newDice(1, 1))
	d := newDisk(m)
	d.life = &life{machine: m}
	put := func(stream string, seq uint64, rows ...actors.Row) {
		d.Append(actors.Entry{Stream: stream, Seq: seq, Record: []byte("r"), Rows: rows, Done: func(error) {}})
	}
	put("chat/a", 1, actors.Row{Key: []byte("ka"), Value: []byte("old key")})
	put("chat/b", 1)
	put("chat/a", 2)
	for m.step(1 << 40) {
	}
	dropped := false
	m.run(d.life, func() { dropped = d.Drop("chat/a", [][]byte{[]byte("ka")}) == nil })
	if got := listed(t, d); dropped || got != "chat/b#1 " {
		t.Errorf("while the drop is on its way (%t) there is %q", dropped, got)
	}
	d.life.kill()
	d.crash(0)
	d.life = &life{machine: m}
	if got := listed(t, d); got != "chat/a#1 chat/b#1 chat/a#2 old key" {
		t.Errorf("after a crash there is %q", got)
	}
	m.run(d.life, func() { dropped = d.Drop("chat/a", [][]byte{[]byte("ka")}) == nil })
	for m.step(1 << 40) {
	}
	if got := listed(t, d); !dropped || got != "chat/b#1 " {
		t.Errorf("after the drop (%t) there is %q", dropped, got)
	}
	if b, err := d.Record("chat/a", 1); b != nil || err != nil {
		t.Errorf("a dropped record is %q, %v", b, err)
	}
	if got := listed(t, &archive{disk: d}); got != "chat/a#1 chat/b#1 chat/a#2 old key" {
		t.Errorf("the archive has %q", got)
	}
	d.life.kill()
	m.rest()
}

func TestTheArchiveReadsARecordWithTheKeyOfItsTime(t *testing.T) {
	m := newMachine(newDice(1, 1))
	d := newDisk(m)
	d.life = &life{machine: m}
	for i, key := range []string{"first", "", "second"} {
		d.Append(actors.Entry{Stream: "chat/a", Seq: uint64(i + 1), Record: []byte("r"), Rows: []actors.Row{{Key: []byte("ka"), Value: []byte(key)}}, Done: func(error) {}})
		if key == "" {
			d.Append(actors.Entry{Rows: []actors.Row{{Key: []byte("ka")}}, Done: func(error) {}})
		}
	}
	a, keys := &archive{disk: d}, []string{}
	if err := a.Last(10, func(string, uint64, []byte) error {
		key, err := a.Get([]byte("ka"))
		keys = append(keys, string(key))
		return err
	}); err != nil || strings.Join(keys, " ") != "first  second" {
		t.Errorf("read with %q, %v", keys, err)
	}
}
