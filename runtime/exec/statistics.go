package exec

import (
	"fmt"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// This file tells in the words of ksqlDB's metrics what the persistent queries that
// run in this process have read of a source's topic and written to it.

// traffic is what went through a topic, by several queries.
type traffic struct {
	records   int64
	perSecond float64 // the sum of what each query has done on the average
	last      int64   // ms since the epoch; 0 for never
}

func (t *traffic) add(records, last int64, took time.Duration) {
	t.records, t.last = t.records+records, max(t.last, last)
	if took >= time.Second { // what has hardly begun has no average
		t.perSecond += float64(records) / took.Seconds()
	}
}

// statistics returns the lines about a source: the records, and those that failed.
// They are empty if no query that runs here has to do with it.
func (e *Engine) statistics(d *SourceDescription) (records, failures string) {
	var read, failed, written traffic
	var bytes int64
	readers, writers := e.runningHere(d.ReadBy), e.runningHere(d.WrittenBy)
	for id, r := range readers {
		took, s, faults := e.options.Clock().Sub(r.since), r.Status(), e.counters.Query(id)
		read.add(s.Read, s.LastRead, took)
		failed.add(faults.Skipped+faults.Fields+faults.Failed, faults.Last, took)
		bytes += s.BytesRead
	}
	for _, r := range writers {
		s := r.Status()
		written.add(s.Written, s.LastWritten, e.options.Clock().Sub(r.since))
	}
	var metrics []string
	if len(readers) > 0 {
		metrics = append(metrics, fmt.Sprintf(
			"consumer-messages-per-sec: %9.2f consumer-total-bytes: %9d consumer-total-messages: %9d     last-message: %s",
			read.perSecond, bytes, read.records, moment(read.last)))
		failures = fmt.Sprintf("consumer-failed-messages: %9d consumer-failed-messages-per-sec: %9.2f      last-failed: %s",
			failed.records, failed.perSecond, moment(failed.last))
	}
	if len(writers) > 0 {
		metrics = append(metrics, fmt.Sprintf("messages-per-sec: %9.2f   total-messages: %9d     last-message: %s",
			written.perSecond, written.records, moment(written.last)))
	}
	return strings.Join(metrics, "\n"), failures
}

// runningHere returns those of some queries that run in this process, by id.
func (e *Engine) runningHere(queries []QueryInfo) map[string]*local {
	here := map[string]*local{}
	for _, q := range queries {
		if r := e.runners.find(q.ID); r != nil {
			here[q.ID] = r
		}
	}
	return here
}

// moment is a time in ms since the epoch as the statistics show it.
func moment(ms int64) string {
	if ms == 0 {
		return "n/a"
	}
	return display.Instant(ms)
}
