package bench

// supervisor is somebody who watches all boards.
type supervisor struct {
	peer  *peer
	crowd *crowd
}

// snapshot is what follows a welcome without resume; boards belong to the
// connection and are asked for again.
func (s *supervisor) snapshot(w *worker, _ []byte, _ bool) {
	n := s.peer.begin(w, "watch")
	w.line = append(w.line, `,"queues":true,"agents":true,"chats":true`...)
	w.end()
	s.peer.submit(w, command{number: n})
}

func (s *supervisor) event(_ *worker, f *frame) {
	if string(f.kind) == "counters" {
		s.crowd.counts.boards.Add(1)
	}
}

func (s *supervisor) answer(*worker, *command, *frame) {}
