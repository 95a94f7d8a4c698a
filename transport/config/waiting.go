package config

import (
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// saying is one thing that a queue says to who waits.
type saying struct {
	Text  string         `yaml:"text"`
	After *time.Duration `yaml:"after"`
	Every *time.Duration `yaml:"every"`
}

// maxSayings of one queue: each chat that waits there takes them along.
const maxSayings = 20

// checkWaiting checks what a queue does for who waits longer.
func (f *file) checkWaiting(c *checker, q queue, at func(string) string) {
	c.note(at("schedule"), Facts{Refers: "schedule"})
	if q.Schedule != "" {
		c.known(at("schedule"), "schedule", q.Schedule, f.schedules())
	}
	c.choice(at("no_agents_means"), q.NoAgentsMeans, string(acd.JoinAvailable), string(acd.JoinLoggedIn))
	if len(q.Sayings) > maxSayings {
		c.say(at("waiting_messages"), "%d are too many, expected at most %d", len(q.Sayings), maxSayings)
	}
	for i, s := range q.Sayings {
		in := item(at("waiting_messages"), i)
		c.note(in+".text", Facts{Required: true})
		if s.Text == "" {
			c.say(in+".text", "missing, expected what the queue says")
		}
		c.text(in+".text", s.Text, textChars)
		c.duration(in+".after", s.After, 0, day)
		c.durationOrNever(in+".every", s.Every, time.Second, day)
		if s.After == nil && s.Every == nil {
			c.say(in+".after", "missing, expected when it is said first")
		}
	}
	c.duration(at("decline_cooldown"), q.DeclineCooldown, instant, day)
	if q.DeclineCooldown != nil && q.OnAllDeclined.policy().Leaves() {
		c.say(at("decline_cooldown"), "has no effect when on_all_declined sends the chat away")
	}
	c.choice(at("on_max_wait.do"), q.OnMaxWait.Do, acd.KeepWaiting, acd.MoveWaiting, acd.EndWaiting)
	if (q.OnMaxWait.Do == acd.MoveWaiting) != (q.OnMaxWait.Queue != "") && q.OnMaxWait.Do != "" {
		c.say(at("on_max_wait.do"), "do: move and a queue go together")
	}
}

func sayings(all []saying) []acd.Saying {
	var list []acd.Saying
	for _, s := range all {
		every := orZero(s.Every)
		list = append(list, acd.Saying{Text: s.Text, After: or(s.After, every), Every: every})
	}
	return list
}
