package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// line is one curve of a plot.
type line struct {
	name string
	x, y []float64
}

// plot is a picture as inline SVG, so that a report is one file.
type plot struct {
	title, across, up string
	lines             []line
	logUp             bool
}

const (
	width, height            = 640.0, 260.0
	left, right, top, bottom = 60.0, 130.0, 16.0, 36.0
	gridLines                = 5
)

var colours = []string{"#2f6fdd", "#d9480f", "#2b8a3e", "#862e9c", "#c2255c", "#0b7285", "#5f3dc4"}

// draw is the plot's SVG; a plot without points is a line that says so.
func (p plot) draw() template.HTML {
	b := &strings.Builder{}
	fmt.Fprintf(b, `<figure><figcaption>%s</figcaption>`, template.HTMLEscapeString(p.title))
	x, y := p.bounds()
	if math.IsInf(x.min, 0) || math.IsInf(y.min, 0) {
		b.WriteString(`<p class="none">nothing of this happened</p></figure>`)
		return template.HTML(b.String())
	}
	fmt.Fprintf(b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, template.HTMLEscapeString(p.title))
	p.grid(b, x, y)
	for i, l := range p.lines {
		colour := colours[i%len(colours)]
		b.WriteString(`<polyline fill="none" stroke-width="1.6" stroke="` + colour + `" points="`)
		for j := range l.x {
			if shown(l.y[j], p.logUp) {
				fmt.Fprintf(b, "%.1f,%.1f ", x.place(l.x[j], left, width-right), y.place(l.y[j], height-bottom, top))
			}
		}
		b.WriteString(`"/>`)
		at := top + 14 + 16*float64(i)
		fmt.Fprintf(b, `<text x="%g" y="%g" fill="%s">%s</text>`, width-right+8, at, colour, template.HTMLEscapeString(l.name))
	}
	b.WriteString(`</svg></figure>`)
	return template.HTML(b.String())
}

func (p plot) grid(b *strings.Builder, x, y axis) {
	for i := range gridLines + 1 {
		share := float64(i) / gridLines
		vx, vy := x.at(share), y.at(share)
		px, py := x.place(vx, left, width-right), y.place(vy, height-bottom, top)
		fmt.Fprintf(b, `<path class="grid" d="M%g %.1fH%g"/><text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			left, py, width-right, left-6, py+4, short(vy))
		fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>`, px, height-bottom+16, short(vx))
	}
	fmt.Fprintf(b, `<text class="tick" x="%g" y="%g" text-anchor="middle">%s</text>`, (left+width-right)/2, height-4, template.HTMLEscapeString(p.across))
	fmt.Fprintf(b, `<text class="tick" x="%g" y="12">%s</text>`, left-50, template.HTMLEscapeString(p.up))
}

func shown(v float64, logarithmic bool) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!logarithmic || v > 0)
}

// axis is the range that a plot shows.
type axis struct {
	min, max float64
	log      bool
}

func (p plot) bounds() (x, y axis) {
	x, y = axis{min: math.Inf(1), max: math.Inf(-1)}, axis{min: math.Inf(1), max: math.Inf(-1), log: p.logUp}
	for _, l := range p.lines {
		for i := range l.x {
			if shown(l.y[i], p.logUp) {
				x.include(l.x[i])
				y.include(l.y[i])
			}
		}
	}
	if !p.logUp {
		y.include(0)
	}
	return x.widened(), y.widened()
}

func (a *axis) include(v float64) { a.min, a.max = min(a.min, v), max(a.max, v) }

func (a axis) widened() axis {
	if a.min == a.max {
		a.max = a.min + max(1, math.Abs(a.min)/10)
	}
	return a
}

// at is the value at a share of the axis.
func (a axis) at(share float64) float64 {
	if a.log {
		return a.min * math.Pow(a.max/a.min, share)
	}
	return a.min + (a.max-a.min)*share
}

// place is where a value stands between two edges.
func (a axis) place(v, from, to float64) float64 {
	if a.log {
		return from + (to-from)*math.Log(v/a.min)/math.Log(a.max/a.min)
	}
	return from + (to-from)*(v-a.min)/(a.max-a.min)
}

// short is a number for a label.
func short(v float64) string {
	switch size := math.Abs(v); {
	case size >= 1e6:
		return fmt.Sprintf("%.3gM", v/1e6)
	case size >= 1e4:
		return fmt.Sprintf("%.3gk", v/1e3)
	case size >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
