package wire

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func quotedAsByTheLibrary(t *testing.T, text string) {
	t.Helper()
	want, _ := jsontext.AppendQuote([]byte("x"), text)
	if got := appendQuote([]byte("x"), text); string(got) != string(want) {
		t.Errorf("%q is quoted as %s, expected %s", text, got, want)
	}
}

func TestATextIsQuotedAsTheLibraryQuotesIt(t *testing.T) {
	for c := range 256 {
		for at := range 17 { // in each place of a group of eight, and behind it
			text := strings.Repeat("a", at) + string([]byte{byte(c)}) + strings.Repeat("~", 16-at)
			quotedAsByTheLibrary(t, text)
			quotedAsByTheLibrary(t, text[:at+1])
		}
	}
	for _, text := range []string{"", "é", "日本語 text", "\u2028", "a\xffb", "<a href='x'>&</a>", "😀😀😀😀"} {
		quotedAsByTheLibrary(t, text)
	}
}

func FuzzATextIsQuotedAsTheLibraryQuotesIt(f *testing.F) {
	f.Add("Where is my parcel, please?")
	f.Add("a\tb\"c\\d\x80")
	f.Fuzz(quotedAsByTheLibrary)
}
