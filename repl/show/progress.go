package show

import (
	"bufio"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

const (
	// shownAtOnce is how many rows of a query without end are shown in a second. Nobody
	// reads that many, and a terminal takes longer for them than Kafka does.
	shownAtOnce = 1000
	// patient is how long somebody waits in vain before the hint is given.
	patient = time.Second
)

// progress is how a query goes while its rows are shown: what the status bar tells, and
// how many rows there are too many to be shown. Its methods are called under the lock of
// the pace.
type progress struct {
	printer *Printer
	out     *bufio.Writer
	endless bool
	hint    string
	lag     func() int64 // query.Rows.Lag; nil if there is none
	read    func() int64 // query.Rows.Read; nil if there is none
	// vain is exec.Result.Vain until it was told; nil if there is nothing to tell.
	vain func(read int64) string

	rate    rate
	begun   time.Time
	rows    int64
	second  time.Time // when the present second began
	shown   int       // in it
	skipped int64     // since rows were shown last
	hidden  int64     // all that were not shown
}

// admit counts a row and reports whether it is to be shown.
func (p *progress) admit() bool {
	p.rows++
	if p.shown++; p.shown <= shownAtOnce || !p.endless || !p.printer.barred() || p.printer.keepsAll() {
		return true
	}
	p.skipped++
	p.hidden++
	return false
}

// tick is called about twice a second at least.
func (p *progress) tick(now time.Time) {
	if p.begun.IsZero() {
		p.begun, p.second = now.Add(-firstPause), now
		p.rate.note(p.begun, 0)
	}
	if now.Sub(p.second) >= time.Second {
		p.second, p.shown = now, 0
		p.tellSkipped()
	}
	p.rate.note(now, p.rows)
	if !p.printer.barred() {
		return
	}
	if p.rows == 0 && now.Sub(p.begun) >= patient {
		p.tellVain()
	}
	p.printer.Bar.Show(p.status())
}

// tellVain tells why there may be no rows, when all that is there was read: once that a query begins at the end,
// once what became of the records that it has read.
func (p *progress) tellVain() {
	hint := p.hint
	p.hint = ""
	if hint == "" && p.vain != nil && p.lag() == 0 && p.printer.restoring() == "" {
		hint = p.vain(p.read())
		p.vain = nil
	}
	if hint != "" {
		p.printer.Note(hint)
	}
}

// tellSkipped tells in the place of the rows that were not shown how many they were.
func (p *progress) tellSkipped() {
	if p.skipped > 0 {
		fmt.Fprintf(p.out, "… %s not displayed\n", display.Counted(p.skipped, "row"))
		_ = p.out.Flush() // its error is kept, and met with the next row
		p.skipped = 0
	}
}

// status is the text of the bar.
func (p *progress) status() string {
	if restoring := p.printer.restoring(); p.rows == 0 && restoring != "" {
		return restoring
	}
	parts := []string{display.Counted(p.rows, "row"), display.Count(int64(math.Round(p.rate.perSecond()))) + " rows/s"}
	if p.read != nil && p.read() != p.rows {
		parts = append(parts, display.Count(p.read())+" read")
	}
	if p.lag != nil {
		lag := "lag unknown: no broker answers"
		if n := p.lag(); n >= 0 {
			lag = "lag " + display.Count(n)
		}
		parts = append(parts, lag)
	}
	if p.hidden > 0 {
		parts = append(parts, display.Count(p.hidden)+" not displayed")
	}
	text := strings.Join(append(parts, interruptHint), ", ")
	if width := p.printer.Console.LineWidth(); width > 0 && cells.Width(text) >= width {
		return interruptHint
	}
	return text
}

// restoring tells how far a restore is, "" if there is none.
func (p *Printer) restoring() string {
	if p.Restoring == nil {
		return ""
	}
	now := p.Restoring()
	if !now.Starting || now.Total == 0 {
		return ""
	}
	return RestoreLine(now, "("+interruptHint+")")
}

// RestoreLine shows how far a restore is, and in brackets what can be done meanwhile. What a narrow
// terminal has no room for is the end.
func RestoreLine(p query.Progress, hint string) string {
	return "Restoring state " + hint + " " + render.Meter{Done: p.Done, Total: p.Total, Took: p.Took}.String()
}

const interruptHint = "Press CTRL-C to interrupt"

// rate is how fast a count grows.
type rate struct{ samples []sample }

// sample is how high a count was at a time.
type sample struct {
	at    time.Time
	count int64
}

// rateSpan is the time of which the rate is an average. Results often come in bursts, one at each
// commit of a persistent query say: there are several in it.
const rateSpan = 10 * time.Second

// note notes a count; before the first one it was 0.
func (r *rate) note(now time.Time, count int64) {
	if len(r.samples) == 0 {
		r.samples = append(r.samples, sample{at: now.Add(-liveInterval)})
	}
	if last := len(r.samples) - 1; last > 0 && now.Sub(r.samples[last-1].at) < liveInterval {
		r.samples[last] = sample{now, count}
		return
	}
	r.samples = append(r.samples, sample{now, count})
	for len(r.samples) > 2 && now.Sub(r.samples[1].at) >= rateSpan {
		r.samples = r.samples[1:]
	}
}

// perSecond is how much the count grows in a second.
func (r *rate) perSecond() float64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	return float64(last.count-first.count) / last.at.Sub(first.at).Seconds()
}
