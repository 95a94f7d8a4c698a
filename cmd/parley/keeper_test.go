package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// sealing is what the stubs of key services do in the place of sealing.
const sealing = "sealed:"

// keyService is a stub of the services that keep keys: the transit engine of
// Vault, and KMS. It answers who has the right token, or as a test wants.
type keyService struct {
	instead atomic.Pointer[string] // an answer of 200 with this body
	asked   atomic.Int64
}

func (k *keyService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.asked.Add(1)
	body, _ := io.ReadAll(r.Body)
	var in struct{ Plaintext, Ciphertext, CiphertextBlob string }
	if err := json.Unmarshal(body, &in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	target := r.URL.Path + r.Header.Get("X-Amz-Target")
	known := target == "/v1/transit/encrypt/parley" || target == "/v1/transit/decrypt/parley" || strings.HasPrefix(target, "/TrentService.")
	if text := k.instead.Load(); text != nil {
		_, _ = io.WriteString(w, *text)
		return
	}
	if !known || r.Header.Get("X-Vault-Token") != "the-token" && !strings.Contains(r.Header.Get("Authorization"), "Credential=the-id/") {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"errors":["permission denied"],"__type":"AccessDeniedException","message":"permission denied"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(answerOf(target, in.Plaintext, in.Ciphertext, in.CiphertextBlob))
}

// answerOf seals or opens; Vault seals to a text, KMS to bytes in base64.
func answerOf(target, plain, text, blob string) map[string]any {
	switch {
	case strings.HasPrefix(target, "/v1/transit/encrypt"):
		return map[string]any{"data": map[string]any{"ciphertext": sealing + plain}}
	case strings.HasPrefix(target, "/v1/transit/decrypt"):
		return map[string]any{"data": map[string]any{"plaintext": strings.TrimPrefix(text, sealing)}}
	case strings.HasSuffix(target, ".Encrypt"):
		return map[string]any{"CiphertextBlob": base64.StdEncoding.EncodeToString([]byte(sealing + plain))}
	}
	sealed, _ := base64.StdEncoding.DecodeString(blob)
	return map[string]any{"Plaintext": strings.TrimPrefix(string(sealed), sealing), "KeyId": "parley"}
}

// newKeyService starts one and leads the drivers to it.
func newKeyService(t *testing.T) *keyService {
	t.Helper()
	k := &keyService{}
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{"VAULT_ADDR": server.URL, "VAULT_TOKEN": "the-token", "VAULT_MAX_RETRIES": "0",
		"AWS_ENDPOINT_URL_KMS": server.URL, "AWS_ACCESS_KEY_ID": "the-id", "AWS_SECRET_ACCESS_KEY": "the-secret", "AWS_MAX_ATTEMPTS": "1",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	return k
}

func TestAServiceThatKeepsKeysSealsAndOpensTheMasterKey(t *testing.T) {
	service, dir := newKeyService(t), t.TempDir()
	for name, address := range map[string]string{"hashivault": "hashivault://parley", "awskms": "awskms:///alias/parley?region=eu-central-1"} {
		code, sealed, errs := run(t, "master-key", "--sealed-by", address)
		if code != 0 || !strings.HasPrefix(sealed, sealing) {
			t.Fatalf("%s: exit %d, %q %s", name, code, sealed, errs)
		}
		file := filepath.Join(dir, name)
		write(t, file, sealed)
		before := service.asked.Load()
		keys, err := masterKeys(t.Context(), file, address)
		if err != nil || keys == nil || service.asked.Load() == before {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := masterKeys(t.Context(), file, ""); err == nil {
			t.Errorf("%s: it is no key before it is opened", name)
		}
		p := serve(t, "--dev", "--data", filepath.Join(dir, name+"-data"), "--master-key", file, "--master-key-by", address)
		if code := p.stop(); code != 0 || strings.Contains(p.errs.String(), "the-token") {
			t.Errorf("%s: exit %d: %s", name, code, p.errs)
		}
	}
	file := filepath.Join(dir, "hashivault")
	refused := func(name, address, want string) {
		t.Helper()
		if _, err := masterKeys(t.Context(), file, address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "the-token") {
			t.Errorf("%s: %v, expected %q", name, err, want)
		}
	}
	refused("another key", "hashivault://another", "permission denied")
	refused("a parameter that is none", "hashivault://parley?password=x", "invalid query parameter")
	refused("a service that is not built in", "gcpkms://parley", "expected such as")
	for _, answer := range []string{`{}`, `{"data":{}}`, `{"data":{"plaintext":7}}`, `{"data":{"plaintext":"bm8gbWFzdGVyIGtleQ=="}}`} {
		service.instead.Store(&answer)
		refused(answer, "hashivault://parley", "--master-key")
	}
}
