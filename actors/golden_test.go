package actors_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors"
	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/persistence"
)

var update = flag.Bool("update", false, "write the golden journal of this version; only while its format is not released")

// The journals of the versions. The first has words in clear; each line of the
// later ones that begins with "key" is a row that words are sealed under.
var goldenJournals = []string{"testdata/journal-v1.golden", "testdata/journal-v2.golden"}

// TestTheJournalOfAnEarlierVersionIsReadForEver replays records that were
// written by each version and holds the states against those it had. A line is:
// stream, record number, state hash after it, record.
func TestTheJournalOfAnEarlierVersionIsReadForEver(t *testing.T) {
	if *update {
		writeGolden(t, goldenJournals[len(goldenJournals)-1])
	}
	for _, file := range goldenJournals {
		t.Run(file, func(t *testing.T) { readGolden(t, file) })
	}
}

func readGolden(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	keys := persistence.NewMemory()
	defer keys.Close()
	chats, lines := map[string]*acd.Chat{}, 0
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var stream, hash, body string
		var seq uint64
		if _, err := fmt.Sscan(in.Text(), &stream, &seq, &hash, &body); err != nil {
			t.Fatalf("line %d: %v", lines+1, err)
		}
		b, err := hex.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		if row, ok := strings.CutPrefix(stream, "key/"); ok {
			putKey(t, keys, row, b)
			continue
		}
		at, events, err := actors.ReadRecord(keys, stream, b)
		if err != nil {
			t.Fatalf("%s record %d: %v", stream, seq, err)
		}
		lines++
		id, ok := strings.CutPrefix(stream, "chat/")
		if !ok {
			continue
		}
		if chats[id] == nil {
			chats[id] = acd.NewChat(acd.ChatID(id))
		}
		for _, e := range events {
			chats[id].Apply(at, e)
		}
		if got := fmt.Sprintf("%016x", actors.StateHash(chats[id])); got != hash {
			t.Errorf("%s after record %d has the state hash %s, expected %s", stream, seq, got, hash)
		}
	}
	if lines < 20 {
		t.Errorf("%d records", lines)
	}
}

// putKey puts a row of keys into a journal.
func putKey(t *testing.T, j *persistence.Memory, row string, key []byte) {
	name, err := hex.DecodeString(row)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	j.Append(actors.Entry{Rows: []actors.Row{{Key: name, Value: key}}, Done: func(err error) { done <- err }})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func writeGolden(t *testing.T, file string) {
	var out bytes.Buffer
	inWorld(t, func(w *world) {
		w.change = func(c *acd.Config) {
			c.Queues["support"].RatingWindow = time.Hour
			c.Queues["sales"].RatingWindow = time.Hour
		}
		w.crash()
		alice, bob, ann, sue := w.agent("alice"), w.agent("bob"), w.customer("ann"), w.supervisor("sue")
		alice.ready()
		missed := acd.ChatID("chat1")
		ann.must(acd.QueueID("support").Address(), acd.Start{Chat: missed, Source: "web", Queue: "support", Name: "Ann",
			Subject: "a parcel", Attributes: map[string]string{"order": "A-1042"}})
		w.pass(21 * time.Second)
		bob.ready()
		bob.accepts()
		ann.says(missed, "is anybody there")
		bob.says(missed, "yes")
		alice.ready()
		bob.must(missed.Address(), acd.TransferChat{ToAgent: "alice"})
		alice.accepts()
		bob.must(bob.desk(), acd.Wrapup{Chat: missed, Code: "resolved", Notes: "moved on"})
		alice.must(missed.Address(), acd.Invite{Agent: "bob"})
		bob.accepts()
		sue.must(missed.Address(), acd.Monitor{Mode: acd.Whisper})
		bob.must(missed.Address(), acd.EndConference{})
		alice.must(missed.Address(), acd.TransferChat{ToQueue: "sales"})
		alice.must(missed.Address(), acd.Assist{Text: "come"})
		bob.must(alice.desk(), acd.Direct{Text: "can you help"})
		alice.must(missed.Address(), acd.EndChat{})
		ann.must(missed.Address(), acd.Rate{Score: 5, Text: "thanks"})
		for _, p := range []*person{alice, bob} {
			p.must(p.desk(), acd.Wrapup{Chat: missed, Code: "resolved", Notes: "fine"})
		}
		w.pass(time.Second)
		if err := w.journal.Scan([]byte("k"), []byte("l"), func(k, v []byte) error {
			fmt.Fprintf(&out, "key/%x 0 0 %x\n", k, v)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, a := range []acd.Address{missed.Address(), alice.desk(), bob.desk()} {
			dump(t, w, a, &out)
		}
	})
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func dump(t *testing.T, w *world, a acd.Address, out *bytes.Buffer) {
	c := acd.NewChat(acd.ChatID(a.ID))
	err := w.journal.Replay(a.String(), 0, func(seq uint64, b []byte) error {
		at, events, err := actors.ReadRecord(w.journal, a.String(), b)
		for _, e := range events {
			c.Apply(at, e)
		}
		fmt.Fprintf(out, "%s %d %016x %x\n", a, seq, actors.StateHash(c), b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
