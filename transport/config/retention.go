package config

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// retention is how long each class of what is kept is kept; what is left out is
// as the node was started.
type retention struct {
	Chats    *time.Duration `yaml:"chats"`
	Words    *time.Duration `yaml:"words"`
	Files    *time.Duration `yaml:"files"`
	Audit    *time.Duration `yaml:"audit"`
	Figures  *time.Duration `yaml:"figures"`
	Commands *time.Duration `yaml:"commands"`
}

// Bounds of a retention. What has been kept is looked at once an hour; clients
// may rely on it that a command sent again within a day has no second effect,
// and each day that is kept longer is looked at for a command that comes again.
const (
	keptLeast     = time.Hour
	keptMost      = 3660 * day
	commandsLeast = day
	commandsMost  = 30 * day
)

func (r *retention) check(c *checker) {
	c.durationOrNever("retention.chats", r.Chats, keptLeast, keptMost)
	c.durationOrNever("retention.words", r.Words, keptLeast, keptMost)
	c.durationOrNever("retention.files", r.Files, keptLeast, keptMost)
	c.durationOrNever("retention.audit", r.Audit, day, keptMost)
	c.durationOrNever("retention.figures", r.Figures, day, keptMost)
	c.duration("retention.commands", r.Commands, commandsLeast, commandsMost)
	r.within(c, "retention.words", r.Words)
	r.within(c, "retention.files", r.Files)
}

// within holds a part of chats to it that it goes no later than they.
func (r *retention) within(c *checker, path string, part *time.Duration) {
	chats := or(r.Chats, never)
	if part == nil || chats == never || *part != never && *part <= chats {
		return
	}
	c.say(path, "%s is longer than retention.chats, expected at most %s", duration(*part), short(chats))
}

func (r *retention) policy() acd.Retention {
	return acd.Retention{Chats: or(r.Chats, 0), Words: or(r.Words, 0), Files: or(r.Files, 0),
		Audit: or(r.Audit, 0), Figures: or(r.Figures, 0), Commands: or(r.Commands, 0)}
}
