package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// root is the token of an administrator of this data folder.
func root(t *testing.T, data string) string {
	t.Helper()
	_, token, errs := run(t, "token", "--dev", "--data", data, "--role=admin", "--subject=root")
	if token == "" {
		t.Fatal(errs)
	}
	return strings.TrimSpace(token)
}

func TestApplyMakesTheNodeWhatTheFileSaysAndExportSaysWhatItIs(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "parley.yaml")
	write(t, file, smallConfig)
	p := serve(t, "--dev", "--data", data, "--config", file)
	node := []string{"--address=http://" + p.admin, "--token=" + root(t, data)}

	next := filepath.Join(dir, "next.yaml")
	write(t, next, strings.Replace(smallConfig, "id: web", "id: kiosk", 1)+"agents: [{id: alice, queues: [support]}]\n")
	said := "+ agents: [{\"id\":\"alice\",\"queues\":[{\"queue\":\"support\"}]}]\n" +
		"+ sources[kiosk]: {\"channel\":\"livechat\",\"id\":\"kiosk\",\"queue\":\"support\"}\n" +
		"- sources[web]: {\"channel\":\"livechat\",\"id\":\"web\",\"queue\":\"support\"}\n"
	if code, out, errs := run(t, append([]string{"apply", next, "--dry-run"}, node...)...); code != 0 || out != said+"3 changes; version 1 stays\n" {
		t.Fatalf("exit %d, printed %s, %s", code, out, errs)
	}
	if code, out, errs := run(t, append([]string{"apply", next}, node...)...); code != 0 || out != said+"3 changes taken as version 2\n" {
		t.Fatalf("exit %d, printed %s, %s", code, out, errs)
	}
	if code, out, _ := run(t, append([]string{"apply", next}, node...)...); code != 0 || out != "0 changes; version 2 stays\n" {
		t.Errorf("exit %d, printed %s", code, out)
	}
	exported := filepath.Join(dir, "exported.yaml")
	code, out, errs := run(t, append([]string{"export"}, node...)...)
	if code != 0 || !strings.Contains(out, "id: kiosk") {
		t.Fatalf("exit %d, printed %s, %s", code, out, errs)
	}
	write(t, exported, out)
	if code, out, _ := run(t, append([]string{"apply", exported}, node...)...); code != 0 || out != "0 changes; version 2 stays\n" {
		t.Errorf("exit %d for what was exported, printed %s", code, out)
	}
	if code, out, _ := run(t, append([]string{"export", "--version=1"}, node...)...); code != 0 || !strings.Contains(out, "id: web") {
		t.Errorf("exit %d, version 1 is %s", code, out)
	}
	write(t, next, smallConfig+"agents: [{id: alice, queues: [moon]}]\n")
	if code, out, _ := run(t, append([]string{"apply", next}, node...)...); code != exitUsage || !strings.Contains(out, `unknown queue "moon"`) {
		t.Errorf("exit %d for a wrong file, printed %s", code, out)
	}
	if code, _, errs := run(t, "apply", exported, node[0], "--token=nonsense"); code != exitFailure || !strings.Contains(errs, "401") {
		t.Errorf("exit %d without a token, %s", code, errs)
	}
}

func TestWhatIsStoredStaysUntilTheFileChanges(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	file, next := filepath.Join(dir, "parley.yaml"), filepath.Join(dir, "next.yaml")
	write(t, file, smallConfig)
	p := serve(t, "--dev", "--data", data, "--config", file)
	token := root(t, data)
	export := func(p *program) string {
		t.Helper()
		_, out, _ := run(t, "export", "--address=http://"+p.admin, "--token="+token)
		return out
	}
	write(t, next, strings.Replace(smallConfig, "id: web", "id: kiosk", 1))
	if code, out, errs := run(t, "apply", next, "--address=http://"+p.admin, "--token="+token); code != 0 {
		t.Fatalf("%s %s", out, errs)
	}
	p.hangUp("configuration taken")
	if now := export(p); !strings.Contains(now, "kiosk") {
		t.Errorf("a file that had not changed took the place of what was stored: %s", now)
	}
	p.stop()
	p = serve(t, "--dev", "--data", data, "--config", file)
	if now := export(p); !strings.Contains(now, "kiosk") {
		t.Errorf("after a restart it is %s", now)
	}
	p.stop()
	write(t, file, strings.Replace(smallConfig, "id: web", "id: phone", 1))
	p = serve(t, "--dev", "--data", data, "--config", file)
	if now := export(p); !strings.Contains(now, "phone") || strings.Contains(now, "kiosk") {
		t.Errorf("with a changed file it is %s", now)
	}
	if !strings.Contains(p.errs.String(), "takes the place of the stored configuration") {
		t.Errorf("nothing says that stored changes are gone: %s", p.errs)
	}
}
