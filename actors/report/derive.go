package report

// Derived is one thing that follows from figures.
type Derived struct {
	Name string
	// Of is its value; known is false when there is nothing that it could be of.
	Of func(*Figures) (value float64, known bool)
}

// Ratios are all that follows from the figures of a line; the package's comment
// says what they are. Shares go from 0 to 1, times are in seconds.
var Ratios = []Derived{
	{"service_level", func(f *Figures) (float64, bool) {
		return share(f[AnsweredWithin], f[Answered]+f[Abandoned]-f[AbandonedWithin])
	}},
	{"service_level_1", func(f *Figures) (float64, bool) { return share(f[AnsweredWithin], f[Answered]) }},
	{"service_level_2", func(f *Figures) (float64, bool) {
		return share(f[AnsweredWithin]+f[AbandonedWithin], f[Answered]+f[Abandoned])
	}},
	{"service_level_strict", func(f *Figures) (float64, bool) { return share(f[AnsweredWithin], f[Answered]+f[Abandoned]) }},
	{"service_level_lenient", func(f *Figures) (float64, bool) {
		return share(f[AnsweredWithin], f[Answered]+f[Abandoned]-f[AbandonedShort])
	}},
	{"asa_s", func(f *Figures) (float64, bool) { return mean(f[AnsweredWait], f[Answered]) }},
	{"abandonment", func(f *Figures) (float64, bool) { return share(f[Abandoned], f[Answered]+f[Abandoned]) }},
	{"abandonment_long", func(f *Figures) (float64, bool) {
		return share(f[Abandoned]-f[AbandonedShort], f[Answered]+f[Abandoned]-f[AbandonedShort])
	}},
	{"aht_s", func(f *Figures) (float64, bool) { return mean(f[TalkTime]+f[WrapupTime], f[Segments]) }},
	{"talk_average_s", func(f *Figures) (float64, bool) { return mean(f[TalkTime], f[Segments]) }},
	{"wrapup_average_s", func(f *Figures) (float64, bool) { return mean(f[WrapupTime], f[Wrapups]) }},
	{"ring_average_s", func(f *Figures) (float64, bool) { return mean(f[RingTime], f[Accepted]) }},
	{"rona_share", func(f *Figures) (float64, bool) { return share(f[RONA], f[Offers]) }},
	{"occupancy", func(f *Figures) (float64, bool) {
		return share(f[AlertingTime]+f[ConnectedTime]+f[WrapupOpenTime], f[CapacityTime])
	}},
	{"rating_average", func(f *Figures) (float64, bool) { return share(f[RatingSum], f[Ratings]) }},
}

func share(part, of int64) (float64, bool) {
	if of <= 0 {
		return 0, false
	}
	return float64(part) / float64(of), true
}

// mean is in seconds, of milliseconds.
func mean(sum, of int64) (float64, bool) {
	v, known := share(sum, of)
	return v / 1000, known
}

// timed says which figures are times.
var timed = func() (t [counted]bool) {
	for i, name := range Names {
		t[i] = len(name) > 2 && name[len(name)-2:] == "_s"
	}
	return t
}()

// Value is a figure as reports show it: a count, or seconds.
func (f *Figures) Value(which Figure) float64 {
	if timed[which] {
		return float64(f[which]) / 1000
	}
	return float64(f[which])
}
