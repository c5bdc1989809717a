package sqltest

import (
	"slices"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is the loop that moves records: depth first, as scripts do it, or one
// query after the other, as ksqlDB's older test runner does it.

// propagate feeds the records of a topic from a place on to the queries that read
// it, and what these write to the queries behind them, before the next record.
func (e *Engine) propagate(topic string, from int) error {
	log, _ := e.cluster.Log(topic)
	for _, m := range log[from:] {
		for _, q := range e.Queries() {
			if !slices.Contains(q.Topics(), topic) {
				continue
			}
			if q.isPaused() {
				q.missed = append(q.missed, missed{topic, m})
				continue
			}
			if err := e.pass(q, topic, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// pass feeds one record to a query and what comes of it to those behind it.
func (e *Engine) pass(q *Query, topic string, m broker.Message) error {
	before, _ := e.cluster.Log(q.Sink())
	if err := q.Feed(topic, m); err != nil || q.Sink() == "" {
		return err
	}
	return e.propagate(q.Sink(), len(before))
}

// catchUp feeds queries what they have missed, unless they are still paused.
func (e *Engine) catchUp() error {
	for _, q := range e.Queries() {
		for len(q.missed) > 0 && !q.isPaused() {
			next := q.missed[0]
			q.missed = q.missed[1:]
			if err := e.pass(q, next.topic, next.message); err != nil {
				return err
			}
		}
	}
	return nil
}

// Input is a record that was appended to a topic before the queries began.
type Input struct {
	Topic   string
	Message broker.Message
}

// Replay runs all queries to the end of what there is, in the order of their creation
// and one after the other. Each first reads the inputs of its topics in the order of
// the list, and then, of each other topic, what is in its log. With batches, neighbours
// of one topic come together, as in production; else each record is processed to its
// end before the next. What comes out is the same.
func (e *Engine) Replay(inputs []Input, batches bool) error {
	for _, q := range e.Queries() {
		f := feeder{query: q, batches: batches}
		if err := e.replay(&f, inputs); err != nil {
			return err
		}
		if err := f.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) replay(f *feeder, inputs []Input) error {
	given := map[string]bool{}
	for _, in := range inputs {
		given[in.Topic] = true
		if slices.Contains(f.query.Topics(), in.Topic) {
			if err := f.feed(in.Topic, in.Message); err != nil {
				return err
			}
		}
	}
	for _, topic := range f.query.Topics() {
		if given[topic] {
			continue
		}
		log, _ := e.cluster.Log(topic)
		for _, m := range log {
			if err := f.feed(topic, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// feeder gives records to a query, in batches or not.
type feeder struct {
	query   *Query
	batches bool
	topic   string
	waiting []broker.Message
}

func (f *feeder) feed(topic string, m broker.Message) error {
	if topic != f.topic || !f.batches {
		if err := f.flush(); err != nil {
			return err
		}
	}
	f.topic, f.waiting = topic, append(f.waiting, m)
	return nil
}

// flush has the query process what is waiting.
func (f *feeder) flush() error {
	if len(f.waiting) == 0 {
		return nil
	}
	waiting := f.waiting
	f.waiting = nil
	return f.query.Feed(f.topic, waiting...)
}
