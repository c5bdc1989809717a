package proclog

import "sync"

// Count is how many events there were.
type Count struct {
	// Skipped are records that went no further.
	Skipped int64
	// Fields are single fields that could not be read and are NULL.
	Fields int64
	// Failed are expressions that failed in rows that went on.
	Failed int64
	// Unwritten are results that could not be encoded or written.
	Unwritten int64
	// Gaps are places where records of the topic were missing.
	Gaps int64
	// Failures are how often a query has failed and begun again.
	Failures int64
	// Last is the time of the last event, ms since the epoch; 0 without one.
	Last int64
}

// Total returns the number of events of any kind.
func (c Count) Total() int64 {
	return c.Skipped + c.Fields + c.Failed + c.Unwritten + c.Gaps + c.Failures
}

// add counts one event.
func (c *Count) add(e Event) {
	switch {
	case e.Kind == Gap:
		c.Gaps++
	case e.Kind == Failure:
		c.Failures++
	case e.Kind == Production || e.Kind == Serialization:
		c.Unwritten++
	case e.Skipped:
		c.Skipped++
	case e.Kind == Deserialization:
		c.Fields++
	default:
		c.Failed++
	}
	c.Last = max(c.Last, e.Time)
}

// Counters is a Log that counts the events of each query. The zero Counters is
// ready for use; its methods may be called by several goroutines.
type Counters struct {
	mu      sync.Mutex
	queries map[string]*Count
}

var _ Log = (*Counters)(nil)

// Report counts the event.
func (c *Counters) Report(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := e.Query()
	count := c.queries[id]
	if count == nil {
		if c.queries == nil {
			c.queries = map[string]*Count{}
		}
		count = new(Count)
		c.queries[id] = count
	}
	count.add(e)
}

// Query returns the count of the query of that id.
func (c *Counters) Query(id string) Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	if count := c.queries[id]; count != nil {
		return *count
	}
	return Count{}
}

// Forget drops the count of a query that has ended.
func (c *Counters) Forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.queries, id)
}
