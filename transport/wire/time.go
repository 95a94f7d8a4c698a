package wire

import (
	"fmt"
	"time"
)

const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// Time is a moment as the wire tells it: RFC 3339 in UTC with milliseconds.
// It counts milliseconds since 1970; zero means "not known" and is left out
// wherever a field is optional.
type Time int64

// At is t cut to milliseconds; the zero time.Time is the zero Time.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Time is the moment in UTC; the zero Time is the zero time.Time.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// String is the moment as it is written on the wire.
func (t Time) String() string {
	text, _ := t.AppendText(nil)
	return string(text)
}

// AppendText appends the moment as it is written on the wire.
func (t Time) AppendText(dst []byte) ([]byte, error) {
	return time.UnixMilli(int64(t)).UTC().AppendFormat(dst, timeLayout), nil
}

// MarshalText is the moment as it is written on the wire.
func (t Time) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// UnmarshalText reads RFC 3339 with any offset and cuts it to milliseconds.
func (t *Time) UnmarshalText(text []byte) error {
	moment, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return fmt.Errorf("not a time in RFC 3339 such as %s", Time(0))
	}
	*t = Time(moment.UnixMilli())
	return nil
}
