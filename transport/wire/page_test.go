package wire

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func protocolPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// row is the line of a table whose first cell is `name`, without that cell.
func row(page, name string) (string, bool) {
	_, rest, ok := strings.Cut(page, "\n| `"+name+"` |")
	line, _, _ := strings.Cut(rest, "\n")
	return line, ok
}

func TestThePageSaysWhoMaySendEachCommandAndWithWhichFields(t *testing.T) {
	page := protocolPage(t)
	for name, spec := range commandTable {
		line, ok := row(page, name)
		if !ok {
			t.Errorf("no row for the command %s", name)
			continue
		}
		sentBy, _, _ := strings.Cut(line, "|")
		if want := strings.Join(list(spec.roles...), ", "); strings.TrimSpace(sentBy) != want {
			t.Errorf("%s: the page says %q, the table %q", name, strings.TrimSpace(sentBy), want)
		}
		for _, f := range fieldsOf(spec.kind) {
			if f.name != "id" && !strings.Contains(line, "`"+f.name) {
				t.Errorf("%s: the field %s is not in its row", name, f.name)
			}
		}
	}
}

func TestThePageHasEveryServerFrameAndEveryFieldOfIt(t *testing.T) {
	page := protocolPage(t)
	for _, spec := range eventTable {
		name := spec.make().FrameType()
		if _, ok := row(page, name); !ok {
			t.Errorf("no row for the frame %s", name)
		}
		for _, f := range jsonNames(spec.kind, map[reflect.Type]bool{}) {
			if !regexp.MustCompile(`\b` + f + `\b`).MatchString(page) {
				t.Errorf("%s: the field %s is nowhere on the page", name, f)
			}
		}
	}
}

// jsonNames are the names of all fields of a frame and of what is in it.
func jsonNames(t reflect.Type, seen map[reflect.Type]bool) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return jsonNames(t.Elem(), seen)
	case reflect.Struct:
	default:
		return nil
	}
	if seen[t] {
		return nil
	}
	seen[t] = true
	names := map[string]bool{}
	for _, f := range fieldsOf(t) {
		names[f.name] = true
		for _, inner := range jsonNames(f.kind, seen) {
			names[inner] = true
		}
	}
	return slices.Collect(maps.Keys(names))
}

func TestThePageHasEveryCode(t *testing.T) {
	page := protocolPage(t)
	for _, code := range ErrorCode("").Values() {
		if _, ok := row(page, code); !ok {
			t.Errorf("no row for the error code %s", code)
		}
	}
	for _, code := range CloseCodes() {
		again := "no"
		if code.Reconnect() {
			again = "yes"
		}
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^\| %d \| %s\b.*\| %s`, code, code.Text(), again)).MatchString(page) {
			t.Errorf("no row that says: %d %s, connect again: %s", code, code.Text(), again)
		}
	}
}

func TestThePageHasEveryValueOfEveryClosedSet(t *testing.T) {
	page := protocolPage(t)
	for _, set := range [][]string{
		roles, offerEndReasons, offerKinds, labels, phases, presenceStates, presenceChoices, whens, audiences, authorKinds,
		participantKinds, modes, participantStates, customerStates, focusStates, leaveReasons, endReasons, wrapupModes,
		queueModes, transferModes, transferFallbacks, transferReasons, interruptReasons, alertKinds, targetKinds, boardKinds, goodbyeReasons, resyncReasons, routingStatuses,
	} {
		for _, value := range set {
			if !regexp.MustCompile(`\b` + value + `\b`).MatchString(page) {
				t.Errorf("%s of %v is nowhere on the page", value, set)
			}
		}
	}
}

// TestTheTranscriptOfThePageIsValid reads every line of the worked examples:
// the schema takes it, and the codec reads it and would write it just so.
func TestTheTranscriptOfThePageIsValid(t *testing.T) {
	client, server := compiled(t, "client"), compiled(t, "server")
	sent, received := 0, 0
	for line := range strings.Lines(protocolPage(t)) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "> {"); ok {
			sent++
			command = "{" + command
			if _, err := Decode([]byte(command)); err != nil {
				t.Errorf("%s: %v", command, err)
			}
			if err := validate(client, []byte(command)); err != nil {
				t.Errorf("%s: %v", command, err)
			}
		}
		if frame, ok := strings.CutPrefix(line, "< {"); ok {
			received++
			frame = "{" + frame
			checkTranscriptFrame(t, frame)
			if err := validate(server, []byte(frame)); err != nil {
				t.Errorf("%s: %v", frame, err)
			}
		}
	}
	if sent < 10 || received < 30 {
		t.Errorf("only %d frames sent and %d received", sent, received)
	}
}

// checkTranscriptFrame holds a frame of the page to what the server would
// write, byte for byte.
func checkTranscriptFrame(t *testing.T, frame string) {
	t.Helper()
	got, err := DecodeEvent([]byte(frame))
	if err != nil {
		t.Errorf("%s: %v", frame, err)
		return
	}
	if again := string(AppendSeq(nil, got.Seq, AppendEvent(nil, got.Event))); again != frame {
		t.Errorf("the page says\n%s\nthe server would write\n%s", frame, again)
	}
}
