package bench

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-engine/parley/bench/profiles"
)

// Options of a run. Profile is needed, and either Address or Binary.
type Options struct {
	Profile *profiles.Profile

	// Address of a running Parley, ws://host/v1/ws or http://host. Its people
	// and tokens have to be named below.
	Address string
	Key     Key
	Agents  []string // who signs in
	Sources []string // where chats come from

	// Binary is the parley program that is started when there is no Address.
	Binary string
	// Folder is where its data folder is made; the system's for temporary files.
	Folder string
	// Env is added to the environment of that server.
	Env []string
	// CPUProfile, if it is not empty, is a file for a CPU profile of that server
	// over the measured time but its last second, up to 30 s of it.
	CPUProfile string

	Logger   *slog.Logger
	Progress func(Tick) // called each second
	Command  string     // as it was given, for the result
	Commit   string     // of the generator, for the result
}

// Key signs tokens that the server believes.
type Key struct {
	Secret           []byte // HS256
	Issuer, Audience string
	Lifetime         time.Duration // of desks' tokens; customers' live at most 15 minutes on other servers
}

// mostTokens is what a server of its own is told to allow.
const mostTokens = 24 * time.Hour

func (k Key) token(role, subject, name string) (string, error) {
	now := time.Now()
	life := k.Lifetime
	if life == 0 {
		life = 14 * time.Minute
	}
	claims := jwt.MapClaims{
		"iss": k.Issuer, "aud": k.Audience, "sub": subject, "role": role,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(),
	}
	if name != "" {
		claims["name"] = name
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(k.Secret)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return token, nil
}

func (o *Options) validate() error {
	if o.Profile == nil {
		return errors.New("no profile")
	}
	if err := o.Profile.Validate(); err != nil {
		return err
	}
	if o.Address == "" {
		if o.Binary == "" {
			return errors.New("neither an address nor a program to start")
		}
		return nil
	}
	var errs []error
	if len(o.Key.Secret) == 0 {
		errs = append(errs, errors.New("no key to sign tokens with for this address"))
	}
	if len(o.Agents) == 0 || len(o.Sources) == 0 {
		errs = append(errs, errors.New("no agents or no sources of this address, expected the ids of some that it has"))
	}
	if o.Profile.Faults.KillAt > 0 {
		errs = append(errs, errors.New("only a server that the run has started can be killed"))
	}
	if o.CPUProfile != "" {
		errs = append(errs, errors.New("only a server that the run has started can be profiled"))
	}
	return errors.Join(errs...)
}

// websocketURL makes an address one.
func websocketURL(address string) (string, error) {
	if !strings.Contains(address, "://") {
		address = "ws://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("address %q, expected one such as ws://127.0.0.1:8080/v1/ws", address)
	}
	u.Scheme = strings.NewReplacer("https", "wss", "http", "ws").Replace(u.Scheme)
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/ws"
	}
	return u.String(), nil
}

func (o *Options) folder() string {
	if o.Folder != "" {
		return o.Folder
	}
	return os.TempDir()
}
