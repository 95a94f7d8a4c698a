package actors

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

func masterKeys(t *testing.T, lines ...string) *MasterKeys {
	t.Helper()
	m, err := ParseMasterKeys([]byte(strings.Join(lines, "")))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stored is what a journal holds in a row, as it lies there.
func stored(t *testing.T, j Journal, row []byte) []byte {
	t.Helper()
	value, err := j.Get(row)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func putKey(t *testing.T, j Journal, epoch uint64, chat acd.ChatID, key []byte) {
	t.Helper()
	done := make(chan error, 1)
	rows := []Row{{textKey(chat, 1), []byte("a line")}, {secretKey(chat), key}}
	j.Append(Entry{Epoch: epoch, Rows: rows, Done: func(err error) { done <- err }})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(rows[1].Value, key) {
		t.Error("the caller's list was changed")
	}
}

func newStore(t *testing.T) (j Journal, epoch uint64) {
	t.Helper()
	store := persistence.NewMemory()
	t.Cleanup(func() { _ = store.Close() })
	epoch, err := store.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	return store, epoch
}

func TestAChatsKeyNeverLiesBareInTheStore(t *testing.T) {
	j, epoch := newStore(t)
	m := masterKeys(t, NewMasterKey(rand.Reader))
	over := m.Over(j)
	key := newTextKey(rand.Reader)
	putKey(t, over, epoch, "c1", key)
	if lies := stored(t, j, secretKey("c1")); bytes.Contains(lies, key) || !wrapped(lies) {
		t.Errorf("the store has %x of the key %x", lies, key)
	}
	if got := stored(t, over, secretKey("c1")); !bytes.Equal(got, key) {
		t.Errorf("read back %x, want %x", got, key)
	}
	if got := stored(t, j, textKey("c1", 1)); string(got) != "a line" {
		t.Errorf("another row is %q", got)
	}
	seen := 0
	from, to := rowRange(rowSecret, "")
	if err := over.Scan(from, to, func(_, value []byte) error {
		if seen++; !bytes.Equal(value, key) {
			t.Errorf("scanned %x", value)
		}
		return nil
	}); err != nil || seen != 1 {
		t.Errorf("%d rows, %v", seen, err)
	}
}

func TestAWrappedKeyOpensUnderItsMasterKeyAndInItsRowAlone(t *testing.T) {
	j, epoch := newStore(t)
	m := masterKeys(t, NewMasterKey(rand.Reader))
	putKey(t, m.Over(j), epoch, "c1", newTextKey(rand.Reader))
	if _, err := masterKeys(t, NewMasterKey(rand.Reader)).Over(j).Get(secretKey("c1")); !errors.Is(err, ErrMasterKey) {
		t.Errorf("under another master key: %v", err)
	}
	lies := stored(t, j, secretKey("c1"))
	if _, _, err := m.unwrap(secretKey("c2"), lies); !errors.Is(err, errTextDamaged) {
		t.Errorf("in another chat's row: %v", err)
	}
	for i := range lies {
		bent := bytes.Clone(lies)
		bent[i] ^= 1
		if key, _, err := m.unwrap(secretKey("c1"), bent); err == nil && i != 0 {
			t.Errorf("with byte %d bent it opens to %x", i, key)
		}
	}
	for n := textKeySize + 1; n < len(lies); n++ {
		if _, _, err := m.unwrap(secretKey("c1"), lies[:n]); err == nil {
			t.Errorf("cut to %d bytes it opens", n)
		}
	}
}

func TestANewMasterKeyTakesThePlaceOfTheOld(t *testing.T) {
	j, epoch := newStore(t)
	oldLine, newLine := NewMasterKey(rand.Reader), NewMasterKey(rand.Reader)
	bare, kept := newTextKey(rand.Reader), newTextKey(rand.Reader)
	putKey(t, j, epoch, "bare", bare) // of before there was a master key
	old := masterKeys(t, oldLine)
	if n, err := old.Rewrap(j, epoch); n != 1 || err != nil {
		t.Fatalf("%d keys were wrapped, %v", n, err)
	}
	putKey(t, old.Over(j), epoch, "kept", kept)
	both := masterKeys(t, newLine, "# the one before\n", oldLine)
	if err := CheckMasterKeys(j, both); err != nil {
		t.Fatal(err)
	}
	if n, err := both.Rewrap(j, epoch); n != 2 || err != nil {
		t.Fatalf("%d keys were wrapped again, %v", n, err)
	}
	if n, err := both.Rewrap(j, epoch); n != 0 || err != nil {
		t.Errorf("the second time %d, %v", n, err)
	}
	alone := masterKeys(t, newLine)
	for chat, want := range map[acd.ChatID][]byte{"bare": bare, "kept": kept} {
		if got, err := alone.Over(j).Get(secretKey(chat)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s without the old master key: %x %v", chat, got, err)
		}
	}
	for name, m := range map[string]*MasterKeys{"none": nil, "the old": old} {
		if err := CheckMasterKeys(j, m); !errors.Is(err, ErrMasterKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnErasedKeyStaysErasedWhenTheMasterKeyChanges(t *testing.T) {
	j, epoch := newStore(t)
	old, fresh := NewMasterKey(rand.Reader), NewMasterKey(rand.Reader)
	over := masterKeys(t, old).Over(j)
	putKey(t, over, epoch, "c1", newTextKey(rand.Reader))
	putKey(t, over, epoch, "c1", nil)
	if n, err := masterKeys(t, fresh, old).Rewrap(j, epoch); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if lies := stored(t, j, secretKey("c1")); lies != nil {
		t.Errorf("it is back: %x", lies)
	}
}

func TestWhatIsNoMasterKeyIsNamedByItsLineAlone(t *testing.T) {
	short := base64.StdEncoding.EncodeToString([]byte("hunter2hunter2"))
	for text, says := range map[string]string{"": "no master key", "# none\n\n": "no master key", "\n" + short + "\n": "line 2", "hunter2 is no base64\n": "line 1"} {
		_, err := ParseMasterKeys([]byte(text))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), short) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
