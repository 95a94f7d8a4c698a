package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// deployed is a file of the folder deploy.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parses holds a command line of a file to the grammar.
func parses(t *testing.T, where string, args ...string) {
	t.Helper()
	if _, err := grammar(t).Parse(args); err != nil {
		t.Errorf("%s: parley %s: %v", where, strings.Join(args, " "), err)
	}
}

// unit is a file of systemd: section and name to values.
func unit(t *testing.T, name string) map[string][]string {
	t.Helper()
	all, section := map[string][]string{}, ""
	for line := range strings.Lines(deployed(t, name)) {
		line = strings.TrimSpace(line)
		switch key, value, set := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case set && section != "":
			all[section+"."+key] = append(all[section+"."+key], value)
		default:
			t.Errorf("%s: %q", name, line)
		}
	}
	return all
}

func TestTheUnitsRunCommandsThatThereAre(t *testing.T) {
	for _, name := range []string{"parley.service", "parley-backup.service"} {
		u := unit(t, name)
		for _, line := range slices.Concat(u["Service.ExecStart"], u["Service.ExecStartPre"]) {
			program, args, _ := strings.Cut(line, " ")
			if program != "/usr/local/bin/parley" {
				t.Errorf("%s starts %s", name, program)
			}
			fields := strings.Fields(args)
			if name == "parley-backup.service" {
				fields = append(fields, "--to=PLACE") // of its environment
			}
			if fields[0] == "check" {
				fields[1] = "example.yaml"
			}
			parses(t, name, fields...)
		}
	}
	if u := unit(t, "parley.service"); u["Service.Type"][0] != "notify" || u["Service.WatchdogSec"][0] != "30s" {
		t.Errorf("the unit is %v", u)
	}
	for file, socket := range map[string]string{"parley.socket": publicSocket, "parley-admin.socket": adminSocket} {
		if u := unit(t, file); u["Socket.FileDescriptorName"][0] != socket {
			t.Errorf("%s is named %v", file, u["Socket.FileDescriptorName"])
		}
	}
}

// TestSystemdTakesTheUnits asks systemd itself, with a program of that name.
func TestSystemdTakesTheUnits(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here")
	}
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"parley.service", "parley.socket", "parley-admin.socket", "parley-backup.service", "parley-backup.timer"} {
		text := strings.ReplaceAll(deployed(t, name), "/usr/local/bin/parley", "/bin/true")
		text = strings.ReplaceAll(text, "Documentation=man:parley(1)\n", "") // it is not installed here
		write(t, filepath.Join(dir, name), text)
		files = append(files, filepath.Join(dir, name))
	}
	verify := exec.Command(analyze, append([]string{"verify"}, files...)...)
	verify.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":")
	out, err := verify.CombinedOutput()
	if err != nil || strings.Contains(string(out), "parley") {
		t.Errorf("%v: %s", err, out)
	}
	security := exec.Command(analyze, "security", "--offline=yes", "--threshold=30", filepath.Join(dir, "parley.service"))
	security.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":")
	if out, err := security.CombinedOutput(); err != nil && !strings.Contains(string(out), "offline") {
		t.Errorf("the unit is open too far: %v\n%s", err, out)
	}
}

// TestTheWatchdogIsFedWhileTheNodeWorks is systemd's side of the unit.
func TestTheWatchdogIsFedWhileTheNodeWorks(t *testing.T) {
	dir := t.TempDir()
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", filepath.Join(dir, "notify"))
	t.Setenv("WATCHDOG_USEC", "60000")
	heard := make(chan string)
	go func() {
		defer close(heard)
		for buf := make([]byte, 64); ; {
			n, err := socket.Read(buf)
			if err != nil {
				return
			}
			select {
			case heard <- string(buf[:n]):
			case <-t.Context().Done():
			}
		}
	}()
	fed := make(chan bool)
	go func() {
		for n := 0; n < 3; {
			select {
			case word := <-heard:
				if word == "WATCHDOG=1" {
					n++
				}
			case <-t.Context().Done():
				return
			}
		}
		close(fed)
		for range heard { // the node is never kept waiting
		}
	}()
	serve(t, "--dev", "--data", filepath.Join(dir, "data"))
	select {
	case <-fed:
	case <-time.After(patience):
		t.Error("it is not fed")
	}
}

// TestSocketsOfSystemdAreServed starts the real process as a socket unit does.
func TestSocketsOfSystemdAreServed(t *testing.T) {
	var files []*os.File
	var addresses []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files, addresses = append(files, f), append(addresses, l.Addr().String())
	}
	// LISTEN_PID has to be the process's own, which a shell knows before it becomes that.
	p := exec.Command("sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, shipped(t), "serve", "--dev", "--data", filepath.Join(t.TempDir(), "data"))
	p.Env = append(os.Environ(), "LISTEN_FDS=2", "LISTEN_FDNAMES=public:admin")
	p.ExtraFiles = files
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Process.Kill(); _ = p.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	at := firstLine.FindStringSubmatch(strings.TrimSpace(line))
	if err != nil || at == nil || at[1] != addresses[0] || at[2] != addresses[1] {
		t.Fatalf("it says %q, %v, expected %v", line, err, addresses)
	}
	if code, _ := get(t, "http://"+addresses[1]+"/readyz"); code != 200 {
		t.Errorf("not ready: %d", code)
	}
}

func TestTheImageHasTheProgramAndLittleElse(t *testing.T) {
	text := regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(deployed(t, "Dockerfile"), "")
	_, image, found := strings.Cut(text, "\nFROM scratch\n")
	if !found {
		t.Fatal("the image is not made from scratch")
	}
	known := strings.Fields("FROM COPY RUN WORKDIR USER VOLUME EXPOSE ENV STOPSIGNAL ENTRYPOINT CMD")
	for line := range strings.Lines(text) {
		if word, _, _ := strings.Cut(line, " "); strings.TrimSpace(line) != "" && !slices.Contains(known, word) {
			t.Errorf("instruction %q", line)
		}
	}
	for _, want := range []string{"USER 65532:65532\n", "ENTRYPOINT [\"/parley\"]\n", "ca-certificates.crt"} {
		if !strings.Contains(image, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(image, "RUN") {
		t.Error("there is no shell to run anything in")
	}
	parses(t, "Dockerfile", "serve")
	known = nil
	for _, node := range grammar(t).Model.Children {
		for _, f := range node.Flags {
			known = append(known, f.Envs...)
		}
	}
	for _, name := range regexp.MustCompile(`PARLEY_[A-Z_]+`).FindAllString(text, -1) {
		if !slices.Contains(known, name) {
			t.Errorf("no flag is set by %s", name)
		}
	}
}

// TestTheManifestServesWhatItConfigures holds what the file says to itself;
// .ci/manifests.go holds it to the types of Kubernetes.
func TestTheManifestServesWhatItConfigures(t *testing.T) {
	type container struct {
		Args         []string
		VolumeMounts []struct{ Name, MountPath string } `yaml:"volumeMounts"`
		Ports        []struct{ Name string }
	}
	var object struct {
		Kind string
		Data map[string]string
		Spec struct {
			Replicas int
			Template struct {
				Spec struct {
					Grace          int         `yaml:"terminationGracePeriodSeconds"`
					InitContainers []container `yaml:"initContainers"`
					Containers     []container
				}
			}
		}
	}
	kinds := map[string]int{}
	for part := range strings.SplitSeq(deployed(t, "kubernetes.yaml"), "\n---\n") {
		object.Data, object.Spec.Replicas = nil, 0
		if err := yaml.Unmarshal([]byte(part), &object); err != nil {
			t.Fatalf("%v in\n%s", err, part)
		}
		kinds[object.Kind]++
		switch object.Kind {
		case "ConfigMap":
			file := filepath.Join(t.TempDir(), "parley.yaml")
			write(t, file, object.Data["parley.yaml"])
			if code, out, errs := run(t, "check", file); code != exitOK {
				t.Errorf("the configuration is wrong: %s%s", out, errs)
			}
		case "StatefulSet":
			pod := object.Spec.Template.Spec
			for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
				parses(t, "kubernetes.yaml", c.Args...)
			}
			if object.Spec.Replicas != 1 || pod.Grace < 30 {
				t.Errorf("%d replicas of a journal with one writer, %d s to drain in", object.Spec.Replicas, pod.Grace)
			}
		}
	}
	for _, kind := range []string{"ConfigMap", "StatefulSet", "Service", "NetworkPolicy"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s: %v", kind, kinds)
		}
	}
}
