package transport

import "testing"

func TestInitialsOfAPlainNameAreThoseOfAnyName(t *testing.T) {
	for name, want := range map[string]string{
		"": "", " ": "", "ann": "A", "Ann Lee": "AL", " ann  maria lee ": "AL", "a1 2b": "A2", "Customer 17": "C1",
		"Zoë Ångström": "ZÅ", "élodie": "É", "Jean-Luc Picard": "JP", "a\tb": "AB",
	} {
		if got := initials(name); got != want {
			t.Errorf("the initials of %q are %q, expected %q", name, got, want)
		}
	}
}
