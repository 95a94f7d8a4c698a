package actors

import (
	crypto "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// Options says how an engine runs. Journal and Config are needed; everything
// else has a default.
type Options struct {
	Journal Journal
	Config  *acd.Config // normalized by New; Version is set by the journal
	// ConfigNote is kept beside Config, if it is not the last version already.
	ConfigNote ConfigNote
	Logger     *slog.Logger
	// Now is the wall clock, read once at the start; from then on time passes
	// monotonically, so that a clock that jumps moves no deadline.
	Now     func() time.Time
	Runtime Runtime       // the clock, the mailboxes and all that waits; the live one
	Entropy func() uint64 // chance and ids; math/rand/v2's ChaCha8
	Random  io.Reader     // the keys that texts are sealed under; crypto/rand

	RecoveryHold   time.Duration // before old deadlines fire after a start; 10 s, negative for none
	ResumeDesk     time.Duration // how long a desk's stream is kept; 10 min
	ResumeCustomer time.Duration // a customer's; 24 h
	PassivateAfter time.Duration // idle chats leave memory; 1 min
	SnapshotEvery  int           // records; 64
	RecoverRecords int           // the last records that streams are rebuilt from; 50,000
	CommandTTL     time.Duration // how long the outcome of a command is kept, where the configuration does not say; 24 h
	CustomerChats  int           // open chats of one customer; 3
	Tail           int           // messages of a transcript in a snapshot; 50
	// AnswerTarget is how long commands may take on average on a node that is full:
	// it refuses as many new chats with overloaded as keep it there, and all from
	// three times of it on. None is full that answers within 10 ms. 0 takes all.
	AnswerTarget time.Duration
	// Retention is how long ended chats are kept, where the configuration does not
	// say; 0 keeps them. None goes while a stream that has told of it may be resumed.
	Retention   time.Duration
	ForgetEvery time.Duration // how often what is too old is looked for; 1 h
	// TrailRetention is how long lines of the audit trail are kept; 365 days,
	// negative keeps them; where the configuration does not say.
	TrailRetention time.Duration
	// Acquired is called once the journal is this engine's, before anything else
	// is written to it; its error ends the start.
	Acquired func(epoch uint64) error
	// Forgetting is called for each chat whose files have been kept for long
	// enough, and again when it is about to be dropped: what is kept of it elsewhere
	// goes first. With an error it is kept and tried again within the hour.
	Forgetting func(acd.ChatID) error
}

// Validate names everything that is wrong.
func (o *Options) Validate() error {
	var errs []error
	if o.Journal == nil {
		errs = append(errs, errors.New("actors: Journal is missing"))
	}
	if o.Config == nil {
		errs = append(errs, errors.New("actors: Config is missing"))
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"SnapshotEvery", o.SnapshotEvery}, {"RecoverRecords", o.RecoverRecords},
		{"CustomerChats", o.CustomerChats}, {"Tail", o.Tail},
	} {
		if n.value < 0 {
			errs = append(errs, fmt.Errorf("actors: %s is %d, expected at least 0", n.name, n.value))
		}
	}
	return errors.Join(errs...)
}

func (o *Options) defaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Entropy == nil {
		o.Entropy = rand.Uint64
	}
	if o.Random == nil {
		o.Random = crypto.Reader
	}
	o.RecoveryHold = orElse(o.RecoveryHold, 10*time.Second)
	o.ResumeDesk = orElse(o.ResumeDesk, 10*time.Minute)
	o.ResumeCustomer = orElse(o.ResumeCustomer, 24*time.Hour)
	o.PassivateAfter = orElse(o.PassivateAfter, time.Minute)
	o.ForgetEvery = orElse(o.ForgetEvery, time.Hour)
	o.TrailRetention = orElse(o.TrailRetention, 365*24*time.Hour)
	o.CommandTTL = orElse(o.CommandTTL, 24*time.Hour)
	o.SnapshotEvery = orElse(o.SnapshotEvery, 64)
	o.RecoverRecords = orElse(o.RecoverRecords, 50_000)
	o.CustomerChats = orElse(o.CustomerChats, 3)
	o.Tail = orElse(o.Tail, 50)
}

func orElse[T time.Duration | int](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}
