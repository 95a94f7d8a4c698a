package actors_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
)

// shows holds the page of metrics to lines, once the census is taken anew.
func (w *world) shows(want ...string) {
	w.t.Helper()
	w.pass(6 * time.Second)
	var page strings.Builder
	w.engine.WriteMetrics(&page)
	for _, line := range want {
		if !strings.Contains(page.String(), line+"\n") {
			w.t.Errorf("no %s in\n%s", line, page.String())
		}
	}
}

func TestChatsAreCountedByTheirPhaseAndAddUpToThoseThatAreOpen(t *testing.T) {
	inWorld(t, func(w *world) {
		alice, ann := w.agent("alice"), w.customer("ann")
		ann.starts()
		w.shows(`parley_chats{phase="queued",queue="support"} 1`, `parley_chats{phase="active",queue="support"} 0`, `parley_chats{phase="ended",queue="support"} 0`)
		alice.ready()
		chat := alice.accepts()
		w.shows(`parley_chats{phase="queued",queue="support"} 0`, `parley_chats{phase="active",queue="support"} 1`,
			`parley_chats{phase="active"} 0`, `parley_chats{phase="ended",queue="support"} 0`)
		alice.must(chat.Address(), acd.EndChat{})
		w.shows(`parley_chats{phase="queued",queue="support"} 0`, `parley_chats{phase="active",queue="support"} 0`, `parley_chats{phase="ended",queue="support"} 1`,
			`parley_chats{phase="ended"} 0`)
		alice.must(alice.desk(), acd.Wrapup{Chat: chat, Code: "resolved"})
		w.pass(time.Hour)
		w.shows(`parley_chats{phase="queued",queue="support"} 0`, `parley_chats{phase="active",queue="support"} 0`, `parley_chats{phase="ended",queue="support"} 0`,
			`parley_chats{phase="queued"} 0`, `parley_chats{phase="active"} 0`, `parley_chats{phase="ended"} 0`,
			`parley_mailbox_depth{kind="chat"} 0`)
	})
}
