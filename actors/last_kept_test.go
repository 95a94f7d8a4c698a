package actors

import (
	"errors"
	"testing"
)

// What is noted or lost while the index is read is younger than what was read.
func TestLastChatsAreReadOnceAndNeverOverWhatIsYounger(t *testing.T) {
	old, young := servedRow{Chat: "old"}, &servedRow{Chat: "young"}
	for name, c := range map[string]struct {
		meanwhile func(*stream)
		want      servedRow
		kept      *servedRow
	}{
		"nothing happens": {func(*stream) {}, old, &old},
		"a chat ends":     {func(st *stream) { st.ended(&lastChats{served: young}) }, *young, young},
		"another ends":    {func(st *stream) { st.ended(&lastChats{unserved: &unservedRow{Chat: "young"}}) }, old, &old},
		"it is erased":    {(*stream).reread, old, nil},
	} {
		st := newStream("customer/ann", "e", true)
		got, err := remembered(st, &st.last.served, func() (servedRow, error) {
			c.meanwhile(st)
			return old, nil
		})
		if err != nil || got != c.want {
			t.Errorf("%s: told %+v, %v", name, got, err)
		}
		if (st.last.served == nil) != (c.kept == nil) || c.kept != nil && *st.last.served != *c.kept {
			t.Errorf("%s: kept %+v", name, st.last.served)
		}
		if c.kept != nil {
			again, err := remembered(st, &st.last.served, func() (servedRow, error) { return servedRow{}, errors.New("read twice") })
			if err != nil || again != *c.kept {
				t.Errorf("%s: told %+v, %v afterwards", name, again, err)
			}
		}
	}
	st := newStream("customer/ann", "e", true)
	if _, err := remembered(st, &st.last.served, func() (servedRow, error) { return servedRow{}, errors.New("no disk") }); err == nil || st.last.served != nil {
		t.Errorf("of what could not be read %+v is kept, %v", st.last.served, err)
	}
	(*stream)(nil).ended(&lastChats{served: young})
	(*stream)(nil).reread()
}
