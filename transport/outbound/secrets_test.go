package outbound

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
)

// stored is all that a journal has in its rows, as the disk has it.
func stored(t *testing.T, j actors.Journal) []byte {
	t.Helper()
	var all []byte
	if err := j.Scan([]byte{0}, []byte{0xff}, func(k, v []byte) error { all = append(append(all, k...), v...); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// inside says whether a secret can be read there, as its text or as its bytes.
func inside(t *testing.T, all []byte, secret string) bool {
	t.Helper()
	plain, err := secretOf(secret)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(all, plain) || bytes.Contains(all, []byte(strings.TrimPrefix(secret, secretPrefix)))
}

func TestTheSecretsOfWebhooksAreWrappedByTheMasterKeyAndGoWithTheirKeys(t *testing.T) {
	w := newWorld(t, quick())
	bare := w.journal
	masters, err := actors.ParseMasterKeys([]byte(actors.NewMasterKey(zeros{})))
	if err != nil {
		t.Fatal(err)
	}
	w.journal = closing{masters.Over(bare), bare.Close}
	w.restart()
	hook, first, err := w.out.CreateWebhook(WebhookSpec{URL: "http://127.0.0.1:9/", Paused: true}, "now", "root")
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := w.out.RotateKey(hook.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{first, second} {
		if inside(t, stored(t, bare), secret) {
			t.Errorf("%s can be read on the disk", secret)
		}
		if !inside(t, stored(t, w.journal), secret) {
			t.Errorf("%s is not even there for who has the master key", secret)
		}
	}
	w.restart()
	again, _, err := w.out.Webhook(hook.ID)
	if err != nil || strings.Join(again.secrets(time.Now()), " ") != second+" "+first {
		t.Fatalf("after a restart it signs with %v, %v", again.secrets(time.Now()), err)
	}
	if _, _, err := w.out.RotateKey(hook.ID, 0); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{first, second} {
		if inside(t, stored(t, w.journal), secret) {
			t.Errorf("%s is kept though it signs no more", secret)
		}
	}
	again, _, _ = w.out.Webhook(hook.ID)
	if err := w.out.DeleteWebhook(hook.ID); err != nil || inside(t, stored(t, w.journal), again.Keys[0].Secret) {
		t.Errorf("the secret outlives its webhook, %v", err)
	}
}

func TestAWebhookWithItsSecretInItIsReadAndWrittenAnew(t *testing.T) {
	w := newWorld(t, quick())
	old := Webhook{ID: "h1", WebhookSpec: WebhookSpec{URL: "http://127.0.0.1:9/", Paused: true}, Keys: []key{{Secret: newKey().Secret}}}
	body, err := json.Marshal(old)
	if err != nil || !bytes.Contains(body, []byte(`"secret":"whsec_`)) {
		t.Fatalf("%s, %v", body, err)
	}
	if err := w.out.shelf.Put(kept("hook/h1", body)); err != nil {
		t.Fatal(err)
	}
	w.restart()
	is, _, err := w.out.Webhook("h1")
	if err != nil || len(is.Keys) != 1 || is.Keys[0].Secret != old.Keys[0].Secret {
		t.Fatalf("it is %+v, %v", is, err)
	}
	now, err := w.out.shelf.Get("hook/h1")
	if err != nil || bytes.Contains(now, []byte("whsec_")) || !bytes.Contains(now, []byte(`"name":"`+is.Keys[0].Name)) {
		t.Errorf("it is kept as %s, %v", now, err)
	}
	w.restart()
	if is, _, err = w.out.Webhook("h1"); err != nil || is.Keys[0].Secret != old.Keys[0].Secret {
		t.Errorf("after one more restart it is %+v, %v", is, err)
	}
}

// restart is another life over the same journal.
func (w *world) restart() {
	w.t.Helper()
	w.out.Stop()
	w.server.Close()
	w.engine.Stop()
	w.begin()
}

type closing struct {
	actors.Journal
	close func() error
}

func (c closing) Close() error { return c.close() }

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestANewMasterKeyCoversTheSecretsOfWebhooks(t *testing.T) {
	w := newWorld(t, quick())
	bare := w.journal
	under := func(lines ...string) *actors.MasterKeys {
		t.Helper()
		m, err := actors.ParseMasterKeys([]byte(strings.Join(lines, "")))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	hook, secret, err := w.out.CreateWebhook(WebhookSpec{URL: "http://127.0.0.1:9/", Paused: true}, "now", "root")
	if err != nil || !inside(t, stored(t, bare), secret) {
		t.Fatalf("without a master key it lies bare: %v", err)
	}
	first, second := actors.NewMasterKey(zeros{}), actors.NewMasterKey(rand.Reader)
	for _, lines := range [][]string{{first}, {second, first}, {second}} {
		masters := under(lines...)
		w.rewrapped(bare, masters)
		again, _, err := w.out.Webhook(hook.ID)
		if err != nil || strings.Join(again.secrets(time.Now()), " ") != secret {
			t.Fatalf("under %d master keys it signs with %v, %v", len(lines), again.secrets(time.Now()), err)
		}
		if inside(t, stored(t, bare), secret) {
			t.Error("the secret can be read on the disk")
		}
	}
	w.out.Stop()
	w.engine.Stop()
	row := 0
	err = under(first).Over(bare).Scan([]byte{0}, []byte{0xff}, func(_, _ []byte) error { row++; return nil })
	if !errors.Is(err, actors.ErrMasterKey) {
		t.Errorf("under the old master key %d rows are read, %v", row, err)
	}
}

// rewrapped is another life over a journal whose keys have been brought under
// other master keys, as a node does it at its start.
func (w *world) rewrapped(bare interface {
	actors.Journal
	Close() error
}, masters *actors.MasterKeys) {
	w.t.Helper()
	w.out.Stop()
	w.server.Close()
	w.engine.Stop()
	epoch, err := bare.Acquire()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := masters.Rewrap(bare, epoch); err != nil {
		w.t.Fatal(err)
	}
	w.journal = closing{masters.Over(bare), bare.Close}
	w.begin()
}
