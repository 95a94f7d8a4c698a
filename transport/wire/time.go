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
	const day = 24 * 60 * 60 * 1000
	if t < 0 || t >= endOfPlainTimes {
		return time.UnixMilli(int64(t)).UTC().AppendFormat(dst, timeLayout), nil
	}
	year, month, date := calendar(int64(t) / day)
	ms := int(int64(t) % day)
	s := ms / 1000
	text := [...]byte{
		digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), '-',
		digit(month / 10), digit(month), '-', digit(date / 10), digit(date), 'T',
		digit(s / 36000), digit(s / 3600 % 10), ':', digit(s / 600 % 6), digit(s / 60), ':', digit(s / 10 % 6), digit(s), '.',
		digit(ms / 100), digit(ms / 10), digit(ms), 'Z',
	}
	return append(dst, text[:]...), nil
}

// endOfPlainTimes is the first moment whose year has five digits.
const endOfPlainTimes = 253_402_300_800_000

func digit(n int) byte { return byte('0' + n%10) }

// calendar is the date of a day since 1970. It counts in eras of 400 years from
// the first of March, so that a leap day is the last one of a year.
func calendar(days int64) (year, month, date int) {
	const toMarch, era = 719_468, 146_097 // from the first of March of the year 0; days in 400 years
	days += toMarch
	inEra := days % era
	y := (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*y + y/4 - y/100)
	m := (5*inYear + 2) / 153
	year, month, date = int(days/era*400+y), int(m)+3, int(inYear-(153*m+2)/5)+1
	if month > 12 {
		return year + 1, month - 12, date
	}
	return year, month, date
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
