// Command client holds the description of the admin API to what others make of
// it: client CONFIG starts a server, has oapi-codegen write a client from its
// OpenAPI document, compiles .ci/client with that, and lets it call every
// operation. What is generated is thrown away.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "expected a configuration, such as cmd/parley/example.yaml")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run(configuration string) (err error) {
	dir, err := os.MkdirTemp("", "parley-client-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "parley")
	if err := tell(".", "go", "build", "-o", program, "./cmd/parley"); err != nil {
		return err
	}
	s, err := serve(program, configuration, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	document := filepath.Join(dir, "openapi.json")
	if err := s.download("/v1/admin/openapi.json", document); err != nil {
		return err
	}
	driver, err := generate(dir, document)
	if err != nil {
		return err
	}
	return tell(dir, driver, s.public, s.admin, filepath.Join(dir, "secret"), document)
}

// generate writes the client and compiles the driver with it.
func generate(dir, document string) (driver string, err error) {
	for from, to := range map[string]string{".ci/client.mod": "go.mod", ".ci/client.sum": "go.sum"} {
		if err := copyTo(filepath.Join(dir, to), from); err != nil {
			return "", err
		}
	}
	sources, err := filepath.Glob(".ci/client/*.go")
	if err != nil || len(sources) == 0 {
		return "", fmt.Errorf(".ci/client has no sources: %w", err)
	}
	for _, source := range sources {
		if err := copyTo(filepath.Join(dir, filepath.Base(source)), source); err != nil {
			return "", err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "api"), 0o755); err != nil {
		return "", err
	}
	if err := tell(dir, "go", "tool", "oapi-codegen", "-generate", "models,client", "-package", "api", "-o", "api/api.go", document); err != nil {
		return "", err
	}
	driver = filepath.Join(dir, "driver")
	// Trimmed, so that the next folder finds what this one has compiled.
	return driver, tell(dir, "go", "build", "-trimpath", "-o", driver, ".")
}

func copyTo(to, from string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// tell runs a command in a folder, with what it prints.
func tell(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// server is the program at work.
type server struct {
	command       *exec.Cmd
	public, admin string
	log           bytes.Buffer
}

// adapted is what the example says otherwise here: whose tokens are good, no
// limit that the calls would meet, and deliveries that are given up at once.
var adapted = strings.NewReplacer(
	"    schedule: office", "",
	"  issuer: https://login.example.com\n", "  issuer: parley\n",
	"  jwks_url: https://login.example.com/.well-known/jwks.json\n", "  secret_file: secret\n",
	"    per_second: 20         # of one principal", "    per_second: 1000 #",
	"    burst: 100             # at once (default)\n    address_per_second: 50 ", "    burst: 1000\n    address_per_second: 1000 #",
	"    address_burst: 200     #", "    address_burst: 1000 #",
	"  allow_networks: [] ", "  allow_networks: [127.0.0.0/8] #",
	"    attempts: 16 ", "    attempts: 1 #",
	"    first: 1s ", "    first: 10ms #",
)

var listening = regexp.MustCompile(`^listening on (http://\S+) \(admin (http://\S+)\)`)

func serve(program, configuration, dir string) (*server, error) {
	text, err := os.ReadFile(configuration)
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{"parley.yaml": adapted.Replace(string(text)), "secret": "0123456789abcdef0123456789abcdef"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	s := &server{command: exec.Command(program, "serve", "--config", "parley.yaml", "--data", "data", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")}
	s.command.Dir, s.command.Stderr = dir, &s.log
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	at := listening.FindStringSubmatch(line)
	if err != nil || at == nil {
		return nil, errors.Join(fmt.Errorf("%s serve: printed %q", program, line), err, s.stop())
	}
	s.public, s.admin = at[1], at[2]
	return s, nil
}

// stop ends it. What it logged is said when it did not end well.
func (s *server) stop() error {
	_ = s.command.Process.Signal(os.Interrupt) // it may be gone, which Wait tells
	late := time.AfterFunc(20*time.Second, func() { _ = s.command.Process.Kill() })
	defer late.Stop()
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("serve: %w\n%s", err, s.log.Bytes())
	}
	return nil
}

func (s *server) download(path, to string) error {
	resp, err := http.Get(s.admin + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}
