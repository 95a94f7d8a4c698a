package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-engine/parley/actors/acd"
	"github.com/parley-engine/parley/transport/config"
)

const keeping = "queues: [{id: sales}]\nsources: [{id: web, channel: livechat, queue: sales}]\n"

func TestTheRetentionOfADocumentIsTheEnginesAndIsExportedAsItIsWritten(t *testing.T) {
	text := keeping + "retention: {chats: 100h, words: 50h, files: 2h, audit: never, figures: 24h, commands: 48h}\n"
	d, err := config.ReadDocument("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := acd.Retention{Chats: 100 * time.Hour, Words: 50 * time.Hour, Files: 2 * time.Hour, Audit: -1, Figures: 24 * time.Hour, Commands: 48 * time.Hour}
	is := d.Engine().Retention
	if is.Audit >= 0 {
		t.Errorf("never is %d, expected less than 0", is.Audit)
	}
	if is.Audit = -1; is != want {
		t.Errorf("it is %+v, expected %+v", is, want)
	}
	if out, err := d.YAML(); err != nil || !strings.Contains(string(out), "words: 50h") || !strings.Contains(string(out), "audit: never") {
		t.Errorf("it is written as %s (%v)", out, err)
	}
	if without, err := config.ReadDocument("x.yaml", []byte(keeping)); err != nil || without.Engine().Retention != (acd.Retention{}) {
		t.Errorf("a document without the section is refused or says something of it: %v", err)
	}
}

func TestARetentionThatCannotBeIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"{chats: 10h, words: 11h}":     "retention.words: 11h is longer than retention.chats, expected at most 10h",
		"{chats: 10h, words: never}":   "retention.words: never is longer than retention.chats, expected at most 10h",
		"{chats: 10h, files: 20h}":     "retention.files: 20h is longer than retention.chats, expected at most 10h",
		"{chats: 1m}":                  "retention.chats: 1m is out of range, expected never or 1h to 87840h",
		"{audit: 1h}":                  "retention.audit: 1h is out of range",
		"{figures: 1h}":                "retention.figures: 1h is out of range",
		"{commands: 1h}":               "retention.commands: 1h is out of range, expected 24h to 720h",
		"{commands: never}":            "retention.commands: never is not possible here",
		"{texts: 24h}":                 "retention.texts",
		"{chats: never, words: 0s}":    "retention.words: 0s is out of range",
		"{chats: 1m, words: 1h}":       "retention.chats: 1m is out of range",
		"{chats: 20h, files: 30000ms}": "retention.files: 30s is out of range",
	} {
		_, err := config.ReadDocument("x.yaml", []byte(keeping+"retention: "+text+"\n"))
		if problems := new(config.Problems); !errors.As(err, &problems) || !strings.Contains(problems.Lines(), want) {
			t.Errorf("%s is answered with %v, expected %s", text, err, want)
		}
	}
}
