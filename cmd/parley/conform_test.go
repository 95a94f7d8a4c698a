package main

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport"
	"github.com/parley-engine/parley/transport/conform"
)

// TestTheServerPlaysAllScenarios plays what a desktop developer can play against
// a server of his own, over loopback and on real clocks.
func TestTheServerPlaysAllScenarios(t *testing.T) {
	const folder = "../../transport/conform/"
	conform.Run(t, target(t, folder+"testdata/config.yaml"), os.DirFS(folder+"scenarios"))
}

// target starts the server with a configuration.
func target(t *testing.T, file string) conform.Target {
	t.Helper()
	args := []string{"--dev", "--data", t.TempDir(), "--config", file}
	p := serve(t, args...)
	secret, err := devSecret(args[2])
	if err != nil {
		t.Fatal(err)
	}
	return conform.Target{
		URL: "ws://" + p.public + "/v1/ws",
		Token: func(who conform.Person) (string, error) {
			return transport.MintDev(secret, acd.Role(who.Role), who.Subject, who.Name, 10*time.Minute)
		},
		Restart: func() (string, error) {
			if code := p.stop(); code != exitOK {
				return "", errors.New("the server ended badly: " + p.errs.String())
			}
			p = serve(t, args...)
			return "ws://" + p.public + "/v1/ws", nil
		},
	}
}
