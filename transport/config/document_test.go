package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func example(t *testing.T) (*Document, []byte) {
	t.Helper()
	text, err := os.ReadFile("../../cmd/parley/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := LiveDocument("example.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return doc, text
}

func TestADocumentReadsBackAsItself(t *testing.T) {
	doc, _ := example(t)
	asYAML, err := doc.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"JSON": doc.JSON(), "YAML": asYAML} {
		again, err := ReadDocument(name, text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if !bytes.Equal(again.JSON(), doc.JSON()) {
			t.Errorf("%s changed the document: %v", name, Diff(doc, again))
		}
		was, _ := json.Marshal(doc.Engine())
		is, _ := json.Marshal(again.Engine())
		if !bytes.Equal(is, was) {
			t.Errorf("%s means something else: %d bytes, was %d", name, len(is), len(was))
		}
	}
	if changes := Diff(doc, doc); len(changes) != 0 {
		t.Errorf("a document differs from itself: %v", changes)
	}
}

func TestADocumentHasNothingOfTheNode(t *testing.T) {
	doc, text := example(t)
	for _, section := range ofTheNode {
		if _, there := doc.Tree()[section]; there {
			t.Errorf("%s stands in the document", section)
		}
	}
	_, err := ReadDocument("example.yaml", text)
	var problems *Problems
	if !errors.As(err, &problems) || len(problems.List) != len(ofTheNode) {
		t.Fatalf("%v", err)
	}
	for _, p := range problems.List {
		if !strings.Contains(p.Text, "is the node's own") {
			t.Errorf("%s", p)
		}
	}
}

func TestADifferenceIsNamedByIds(t *testing.T) {
	doc, _ := example(t)
	text := string(doc.JSON())
	for _, s := range [][2]string{{`"offer_timeout":"20s"`, `"offer_timeout":"25s"`}, {`"id":"bob"`, `"id":"rob"`}, {`{"code":"lunch","name":"Lunch"}`, `{"code":"lunch","name":"Noon"}`}} {
		if !strings.Contains(text, s[0]) {
			t.Fatalf("no %s in %s", s[0], text)
		}
		text = strings.Replace(text, s[0], s[1], 1)
	}
	next, err := ReadDocument("next", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range Diff(doc, next) {
		got = append(got, c.String())
	}
	want := []string{
		`- agents[bob]: {"id":"bob","queues":[{"queue":"support"}]}`,
		`+ agents[rob]: {"id":"rob","queues":[{"queue":"support"}]}`,
		`~ presence_reasons[lunch].name: "Lunch" -> "Noon"`,
		`~ queues[support].offer_timeout: "20s" -> "25s"`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAShapeKnowsWhatTheChecksHoldTo(t *testing.T) {
	whole := Shapes()
	queue := whole.In("queues").Of
	if got := queue.In("offer_timeout"); got.Kind != Duration || got.Soonest.Seconds() != 1 || got.Latest.Hours() != 1 || got.Never {
		t.Errorf("offer_timeout is %+v", got)
	}
	if got := queue.In("strategy").Choices; !reflect.DeepEqual(got, []string{"longest_idle", "least_busy", "round_robin", "proficiency", "least_handled", "random"}) {
		t.Errorf("strategy is one of %v", got)
	}
	if got := queue.In("id"); !got.Required || got.Pattern == "" {
		t.Errorf("id is %+v", got)
	}
	if got := whole.In("agents").Of.In("skills"); got.Kind != Map || got.Of.Least != 1 || got.Of.Most != 10 {
		t.Errorf("skills are %+v of %+v", got, got.Of)
	}
	if got := whole.In("sources").Of.In("queue"); got.Refers != "queue" || !got.Required {
		t.Errorf("a source's queue is %+v", got)
	}
	if whole.In("tokens") != nil {
		t.Error("the tokens of the node stand in the shape of a document")
	}
}
