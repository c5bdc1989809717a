package conformance

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// Feeding is how the queries of a query test get their records.
type Feeding uint8

// The ways to feed. What comes of a case is the same.
const (
	// OneByOne processes each record to its end before the next.
	OneByOne Feeding = iota + 1
	// InBatches processes neighbours of one topic together, as production does.
	InBatches
)

// Run runs one case in an engine of its own. Scripts and cases of the server feed
// one by one in any case.
func Run(ctx context.Context, c *Case, feeding Feeding) (o Outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = failed("panic: %v", p).withDetail("%s", debug.Stack())
		}
	}()
	if c.unreadable != nil {
		return failed("the case cannot be read: %s", c.unreadable)
	}
	switch c.Kind {
	case QTT:
		return inEngine(ctx, c, still(time.Now()), func(ctx context.Context, c *Case, e *sqltest.Engine) Outcome {
			return runQTT(ctx, c, e, feeding)
		})
	case SQL:
		return runScript(ctx, c)
	case RQTT:
		return inEngine(ctx, c, time.Now, runServer)
	}
	return failed("no known kind of case: %s", c.Kind)
}

// still is a clock that does not run: nothing in a query test may happen because
// time goes by, though functions tell today's.
func still(now time.Time) func() time.Time { return func() time.Time { return now } }

// inEngine runs a case in an engine whose clock is the one given.
func inEngine(ctx context.Context, c *Case, now func() time.Time, run func(context.Context, *Case, *sqltest.Engine) Outcome) Outcome {
	e, err := sqltest.Open(ctx, c.options(now))
	if err != nil {
		return failed("opening the engine: %s", err)
	}
	o := run(ctx, c, e)
	if err := e.Close(); err != nil && o.Status == Pass {
		return failed("closing the engine: %s", err)
	}
	return o
}

// Tally counts outcomes.
type Tally struct {
	Passed, Total map[Kind]int
	// Raised and Matched are the negative cases that failed by the right kind of error,
	// and those of them that said the right thing; Negative is all of them.
	Raised, Matched, Negative int
}

// Add counts one.
func (t *Tally) Add(c *Case, o Outcome) {
	if t.Total == nil {
		t.Passed, t.Total = map[Kind]int{}, map[Kind]int{}
	}
	t.Total[c.Kind]++
	if o.Status == Pass {
		t.Passed[c.Kind]++
	}
	if !c.Negative() {
		return
	}
	t.Negative++
	switch o.Status {
	case Pass:
		t.Raised++
		t.Matched++
	case TextDiffers:
		t.Raised++
	default:
	}
}

// String is the line that ends a run.
func (t *Tally) String() string {
	passed := t.Passed[QTT] + t.Passed[SQL] + t.Passed[RQTT]
	total := t.Total[QTT] + t.Total[SQL] + t.Total[RQTT]
	return fmt.Sprintf("conformance: %d passed, %d failed of %d (qtt %d/%d, sql %d/%d, rqtt %d/%d; negative raised %d/%d, text matched %d/%d)",
		passed, total-passed, total, t.Passed[QTT], t.Total[QTT], t.Passed[SQL], t.Total[SQL], t.Passed[RQTT], t.Total[RQTT],
		t.Raised, t.Negative, t.Matched, t.Negative)
}
