package acd

import "testing"

// FuzzChat makes commands of bytes: each byte is one throw of the dice.
func FuzzChat(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("start grant accept send end wrap-up"))
	f.Add([]byte{5, 1, 0, 1, 2, 5, 1, 0, 0, 0, 1, 1, 5, 1, 0, 0, 3, 1, 5, 1, 2, 0, 11, 5, 1, 0, 0, 8, 5, 1, 2, 0, 0, 1, 1})
	lives := make([]byte, 600)
	for i := range lives {
		lives[i] = byte(i*i*7 + i>>3)
	}
	f.Add(lives)
	f.Fuzz(func(t *testing.T, throws []byte) {
		if len(throws) > 600 {
			t.Skip("longer lives find no more")
		}
		r := newTrial(func(n int) int {
			if len(throws) == 0 {
				return 0
			}
			d := int(throws[0]) % n
			throws = throws[1:]
			return d
		})
		for len(throws) > 0 {
			if err := r.round(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
