package kafka

import (
	"fmt"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// undelivered returns what tells the log, after a third of delivery.timeout.ms, that no
// record is acknowledged.
func (c *Cluster) undelivered() *outage {
	timeout := c.settings.deliveryTimeout
	return &outage{
		log: c.log, silences: &c.silences, after: timeout / 3,
		down: "no broker acknowledges records, trying again", up: "records are acknowledged again",
		about: []any{"address", strings.Join(c.settings.bootstrap, ","), "delivery.timeout.ms", timeout.Milliseconds()},
	}
}

// watch makes it the producer's error that nothing of what waits is acknowledged for
// delivery.timeout.ms. franz-go's own timeout counts from a record's timestamp, which is
// the user's.
func (p *producer) watch() {
	const looks = 20 // within that time
	timeout := p.cluster.settings.deliveryTimeout
	tick := time.NewTicker(max(timeout/looks, time.Millisecond))
	defer tick.Stop()
	outage := p.cluster.undelivered()
	defer outage.over()
	before, since := int64(0), p.options.Now()
	for {
		select {
		case <-p.ended:
			return
		case <-tick.C:
		}
		acknowledged, now := p.acknowledged.Load(), p.options.Now()
		switch {
		case acknowledged != before || p.client.BufferedProduceRecords() == 0:
			before, since = acknowledged, now
			outage.answered()
		case now.Sub(since) < timeout:
			outage.asked()
		default:
			_ = p.fail(fmt.Errorf("no record was acknowledged for %s (delivery.timeout.ms): %w: %s",
				timeout, broker.ErrUnreachable, strings.Join(p.cluster.settings.bootstrap, ",")))
			p.client.Close() // ends Produce and Flush
			return
		}
	}
}
