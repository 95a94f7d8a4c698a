package socket

import "bytes"

// Fields walks over the names and values of one JSON object without decoding
// it. It trusts the object to be well-formed: on anything else it ends early,
// and never reads past the end.
type Fields struct {
	rest []byte
	// Key is the name and Value the raw value of the field at hand: a string
	// with its quotes, a whole object or array, a number or a word.
	Key, Value []byte
}

// Over begins a walk over an object.
func Over(object []byte) Fields {
	if len(object) == 0 || object[0] != '{' {
		return Fields{}
	}
	return Fields{rest: object[1:]}
}

// Next goes to the next field and reports whether there is one.
func (f *Fields) Next() bool {
	f.skip()
	if len(f.rest) == 0 || f.rest[0] != '"' {
		return false
	}
	n := stringEnd(f.rest)
	f.Key = f.rest[1:max(1, n-1)]
	f.rest = f.rest[n:]
	f.skip()
	n = valueEnd(f.rest)
	f.Value = f.rest[:n]
	f.rest = f.rest[n:]
	return n > 0
}

// Elements walks over the values of an array.
type Elements struct {
	rest  []byte
	Value []byte
}

// Each begins a walk over an array.
func Each(array []byte) Elements {
	if len(array) == 0 || array[0] != '[' {
		return Elements{}
	}
	return Elements{rest: array[1:]}
}

// Next goes to the next value and reports whether there is one.
func (e *Elements) Next() bool {
	e.rest = bytes.TrimLeft(e.rest, ", ")
	if len(e.rest) == 0 || e.rest[0] == ']' {
		return false
	}
	n := valueEnd(e.rest)
	e.Value = e.rest[:n]
	e.rest = e.rest[n:]
	return n > 0
}

// skip passes what stands between names and values.
func (f *Fields) skip() {
	for len(f.rest) > 0 {
		switch f.rest[0] {
		case ',', ':', ' ', '\t':
			f.rest = f.rest[1:]
		default:
			return
		}
	}
}

// stringEnd is the length of the string at the start of b.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b)
		}
		i += n + 1
		escapes := 0
		for j := i - 2; j > 0 && b[j] == '\\'; j-- {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
	return len(b)
}

// valueEnd is the length of the value at the start of b.
func valueEnd(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
		return nestedEnd(b)
	}
	for i, c := range b {
		if c == ',' || c == '}' || c == ']' {
			return i
		}
	}
	return len(b)
}

func nestedEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// Text is the inside of a raw string, its escapes as they stand.
func Text(value []byte) []byte {
	if len(value) < 2 || value[0] != '"' {
		return nil
	}
	return value[1 : len(value)-1]
}

// Number is a raw whole number, 0 for anything else.
func Number(value []byte) uint64 {
	n := uint64(0)
	for _, c := range value {
		if c < '0' || c > '9' {
			return 0
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}

// In is the raw value of a name in an object, nil if it has none.
func In(object []byte, name string) []byte {
	for f := Over(object); f.Next(); {
		if string(f.Key) == name {
			return f.Value
		}
	}
	return nil
}
