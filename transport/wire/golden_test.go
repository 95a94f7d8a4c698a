package wire

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden frames and the schema anew")

const sampleSeq = 41

// golden compares bytes with the committed file, or writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s\n got %s\nwant %s\nif the change is meant, run with -update", path, got, want)
	}
}

func goldenPath(direction, name string) string {
	return filepath.Join("testdata", "golden", direction+"_"+strings.ReplaceAll(name, "/", "_")+".json")
}

// sampleFrame is the frame as it is sent: numbered if it is durable.
func sampleFrame(ev Event) []byte {
	seq := uint64(0)
	if Durable(ev) {
		seq = sampleSeq
	}
	return AppendSeq(nil, seq, AppendEvent(nil, ev))
}

func TestEveryCommandEqualsItsGoldenFrameAndReadsBack(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range sampleCommands {
		seen[c.FrameType()] = true
		line := AppendCommand(nil, c)
		golden(t, goldenPath("client", c.FrameType()), append(line, '\n'))
		read, err := Decode(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if !reflect.DeepEqual(read, c) {
			t.Errorf("%s read back as %+v", line, read)
		}
		if again := AppendCommand(nil, read); !bytes.Equal(again, line) {
			t.Errorf("%s written again as %s", line, again)
		}
	}
	for _, name := range CommandTypes() {
		if !seen[name] {
			t.Errorf("command %s has no sample", name)
		}
	}
}

func TestEveryServerFrameEqualsItsGoldenFrameAndReadsBack(t *testing.T) {
	seen := map[string]bool{}
	for _, ev := range sampleEvents {
		key := eventKey(ev)
		seen[key] = true
		line := sampleFrame(ev)
		golden(t, goldenPath("server", key), append(line, '\n'))
		read, err := DecodeEvent(line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if !reflect.DeepEqual(read.Event, ev) {
			t.Errorf("%s read back as %+v", line, read.Event)
		}
		if (read.Seq == sampleSeq) != Durable(ev) {
			t.Errorf("%s read with seq %d", line, read.Seq)
		}
		if again := sampleFrame(read.Event); !bytes.Equal(again, line) {
			t.Errorf("%s written again as %s", line, again)
		}
	}
	for key := range eventIndex {
		if !seen[key] {
			t.Errorf("server frame %s has no sample", key)
		}
	}
}

func TestNoGoldenFrameIsLeftOver(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if want := len(sampleCommands) + len(sampleEvents); len(files) != want {
		t.Errorf("%d golden files for %d frames", len(files), want)
	}
}

func TestHotFramesAreWrittenAsTheMarshallerWritesThem(t *testing.T) {
	bare := []Event{
		&MessageEvent{}, &OfferEvent{}, &AssignedEvent{}, &Ok{Re: "1"}, &PositionEvent{}, &ChatEndedEvent{},
		&QueuedEvent{}, &JoinedEvent{}, &LeftEvent{}, &OwnerEvent{}, &LabelEvent{}, &TransferDoneEvent{}, &AgentChangedEvent{},
		&WrapupStartedEvent{}, &WrapupDoneEvent{}, &WrapupStartedEvent{Codes: []Choice{{}, {Code: "a"}}, ExpiresAt: t1, ExtensionsLeft: new(int)},
		&Ok{Re: "1", Already: true, Chat: "c", MessageSeq: 3, ExpiresAt: t1}, &TypingEvent{}, &UnreadEvent{Count: -1},
		&MessageEvent{Message: Message{Text: "broken \xff text", Author: Author{Name: "\x00\x7f"}}},
	}
	hot := 0
	for _, ev := range append(bare, sampleEvents...) {
		if _, ok := ev.(appender); !ok {
			continue
		}
		hot++
		got, want := AppendEvent(nil, ev), appendMarshalled(nil, ev)
		if !bytes.Equal(got, want) {
			t.Errorf("%s\n got %s\nwant %s", ev.FrameType(), got, want)
		}
	}
	if hot < 30 {
		t.Errorf("only %d hot frames were compared", hot)
	}
}

func TestHotFramesAllocateNothing(t *testing.T) {
	buf := make([]byte, 0, 8192)
	for _, ev := range sampleEvents {
		if o, ok := ev.(*Ok); ok {
			ev = &Ok{Re: o.Re, MessageSeq: o.MessageSeq}
		}
		if a, ok := ev.(*AssignedEvent); ok {
			usual := *a
			usual.Chat.Now = nil // rare, and written by the rules of its type
			ev = &usual
		}
		if _, ok := ev.(appender); !ok {
			continue
		}
		if n := testing.AllocsPerRun(50, func() { buf = AppendEvent(buf[:0], ev) }); n != 0 {
			t.Errorf("%s allocates %.0f times", ev.FrameType(), n)
		}
	}
}

func TestTheNumberStandsRightAfterTheType(t *testing.T) {
	body := AppendEvent(nil, &UnreadEvent{At: t0, Chat: "c-1", Count: 2})
	shared := bytes.Clone(body)
	got := string(AppendSeq([]byte("before "), 41, body))
	if want := `before {"type":"unread","seq":41,"at":"2025-11-22T02:20:00.000Z","chat":"c-1","count":2}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(AppendSeq(nil, 7, AppendEvent(nil, &Ping{}))); got != `{"type":"ping","seq":7}` {
		t.Errorf("got %s", got)
	}
	if got := AppendSeq(nil, 0, body); !bytes.Equal(got, shared) {
		t.Errorf("seq 0 wrote %s", got)
	}
	if !bytes.Equal(body, shared) {
		t.Error("the shared body was changed")
	}
}

func TestAFrameOfANewerServerIsSkippedAndStillCounted(t *testing.T) {
	got, err := DecodeEvent([]byte(`{"type":"confetti","seq":12,"at":"2025-11-22T02:20:00.000Z","colour":"red"}`))
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := got.Event.(*Unknown); !ok || u.FrameType() != "confetti" || got.Seq != 12 {
		t.Errorf("got %+v", got)
	}
}

func TestATimeIsUTCWithMilliseconds(t *testing.T) {
	var got Time
	if err := got.UnmarshalText([]byte("2025-11-22T04:20:01.2504+02:00")); err != nil {
		t.Fatal(err)
	}
	if got != t1 || got.String() != "2025-11-22T02:20:01.250Z" || At(got.Time()) != got {
		t.Errorf("got %d %s", got, got)
	}
	for _, day := range []string{"1970-01-01", "1999-12-31", "2000-02-28", "2000-02-29", "2000-03-01", "2100-02-28", "2100-03-01", "2026-11-22", "9999-12-31"} {
		want := day + "T23:59:59.999Z"
		if err := got.UnmarshalText([]byte(want)); err != nil || got.String() != want {
			t.Errorf("got %s, want %s: %v", got, want, err)
		}
	}
	if got := Time(endOfPlainTimes).String(); got != "10000-01-01T00:00:00.000Z" {
		t.Errorf("got %s", got)
	}
	if At(Time(0).Time()) != 0 {
		t.Error("the zero time does not stay zero")
	}
	if err := got.UnmarshalText([]byte("yesterday")); err == nil {
		t.Error("yesterday is taken for a time")
	}
}

// FuzzATimeIsWrittenAsTheStandardLibraryWritesIt is for the calendar.
func FuzzATimeIsWrittenAsTheStandardLibraryWritesIt(f *testing.F) {
	for _, t := range []Time{0, 1, -1, t0, t1, endOfPlainTimes - 1, endOfPlainTimes, 951_782_400_000, 4_107_542_400_000} {
		f.Add(int64(t))
	}
	f.Fuzz(func(t *testing.T, ms int64) {
		want := time.UnixMilli(ms).UTC().Format(timeLayout)
		if got := Time(ms).String(); got != want {
			t.Fatalf("%d: got %s, want %s", ms, got, want)
		}
	})
}
