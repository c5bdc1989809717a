package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// Meter is how far records have come.
type Meter struct {
	// Done of Total records are there; Total is 0 if nobody knows how many there will be.
	Done, Total int64
	// Took is for how long they have been coming.
	Took time.Duration
}

// meterWidth is how many cells show which part is done.
const meterWidth = 20

// String returns the meter as one line: a bar, if the total is known, and numbers.
//
//	[=========>          ]  46%  460,000 of 1,000,000  92,000/s  6s left
func (m Meter) String() string {
	rate := float64(m.Done) / max(m.Took.Seconds(), 0.001)
	if m.Total <= 0 {
		return fmt.Sprintf("%s records  %s/s", display.Count(m.Done), display.Count(int64(rate)))
	}
	full := int(min(meterWidth*m.Done/m.Total, meterWidth))
	bar := strings.Repeat("=", full)
	if full < meterWidth {
		bar += ">" + strings.Repeat(" ", meterWidth-full-1)
	}
	line := fmt.Sprintf("[%s] %3d%%  %s of %s  %s/s", bar, 100*m.Done/m.Total, display.Count(m.Done), display.Count(m.Total), display.Count(int64(rate)))
	if left := m.Total - m.Done; m.Done > 0 && left > 0 {
		line += fmt.Sprintf("  %s left", time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}
	return line
}
