package actors

import (
	"github.com/parley-engine/parley/actors/acd"
)

// act is a command of somebody with rights over others, on its way to its
// outcome.
type act struct {
	entry TrailEntry
	// always says that it is told of however it ends; else only a refusal is.
	always bool
}

// actOf notes what an overseer commands; nil for everybody else.
func (s *Session) actOf(to acd.Address, cmd acd.Command) *act {
	if !s.by.Oversees() {
		return nil
	}
	what, target := named(s.by, to, cmd)
	a := &act{entry: s.trailed(what, to.String()), always: what != ""}
	a.entry.To = target
	if what == "" {
		a.entry.What = "command"
	}
	return a
}

// trailed begins a line about this session.
func (s *Session) trailed(what, on string) TrailEntry {
	return TrailEntry{Who: s.by.ID, Role: s.by.Role, What: what, On: on, Session: s.id, Address: s.address}
}

// named is the word for a command that acts on others, "" for all that a person
// does at his own desk, and where it sends a chat.
func named(by acd.Principal, to acd.Address, cmd acd.Command) (what, target string) {
	switch m := cmd.(type) {
	case acd.Monitor:
		return map[acd.Mode]string{acd.Monitoring: "monitor", acd.Whisper: "whisper", acd.Talk: "barge"}[m.Mode], ""
	case acd.AssignTo:
		return "assign", m.Agent.Address().String()
	case acd.Requeue:
		return "requeue", m.Queue.Address().String()
	case acd.SetPresence:
		if to != acd.AgentID(by.ID).Address() {
			return "force_" + string(m.State), ""
		}
	case acd.Wrapup:
		if to != acd.AgentID(by.ID).Address() {
			return "force_wrapup", ""
		}
	case acd.SetQueueMode:
		return "queue_mode", string(m.Mode)
	case acd.TransferChat:
		if m.ToAgent != "" {
			return "transfer", m.ToAgent.Address().String()
		}
		return "transfer", m.ToQueue.Address().String()
	case acd.Invite:
		return "invite", m.Agent.Address().String()
	case acd.Consult:
		return "consult", m.Agent.Address().String()
	default:
		return plainActs(cmd), ""
	}
	return "", ""
}

// plainActs are those that need no more than their name.
func plainActs(cmd acd.Command) string {
	switch cmd.(type) {
	case acd.Unmonitor:
		return "unmonitor"
	case acd.TakeOver:
		return "take_over"
	case acd.SetPriority:
		return "set_priority"
	case acd.ForceEnd:
		return "force_end"
	case acd.SetAttributes:
		return "set_attributes"
	case acd.Broadcast:
		return "broadcast"
	case acd.Pick, acd.PickNext:
		return "pick"
	}
	return ""
}

// line is the row that tells how an act ended, if that is to be told. A nil act
// has none.
func (t *trail) line(a *act, err error) []Row {
	if a == nil || !a.end(err) {
		return nil
	}
	return []Row{t.row(&a.entry)}
}

// end says how the act ended, and whether that is to be told.
func (a *act) end(err error) bool {
	a.entry.Outcome = TrailOK
	if _, refused := answerOf(nil, err); refused != nil {
		a.entry.Outcome = refused.Code
	}
	switch a.entry.Outcome {
	case acd.ErrForbidden.Code, acd.ErrNotFound.Code, acd.ErrNotParticipant.Code, acd.ErrCapacity.Code:
		return true
	}
	return a.always
}

// looked notes that an overseer has read about a chat, before he is answered.
// Who only took part in it reads what was said to him.
func (s *Session) looked(what string, chat acd.ChatID, err error) error {
	if !s.by.Oversees() {
		return err
	}
	a := &act{entry: s.trailed(what, chat.Address().String()), always: true}
	a.end(err)
	if failed := s.engine.NoteDurably(a.entry); err == nil {
		return failed
	}
	return err
}

// told writes how an act ended that has left nothing else on disk.
func (e *Engine) told(a *act, err error) {
	if lines := e.trail.line(a, err); lines != nil {
		e.trail.append(lines, Entry{Done: func(error) {}})
	}
}
