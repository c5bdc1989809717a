package lines

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Writer writes the lines of a text as records. Its fields are not changed while
// it writes.
type Writer struct {
	Cluster broker.Cluster
	Topic   string
	Format  Format
	// Clock gives the records their time.
	Clock func() time.Time
	// Broken is told of lines that did not become records, in any order; a line is
	// counted from 1. It is never called twice at a time.
	Broken func(line int, err error)

	written, broken atomic.Int64
}

// Counts returns how many records the cluster has, and how many lines are none. They
// may be asked for while the writer writes.
func (w *Writer) Counts() (written, broken int64) { return w.written.Load(), w.broken.Load() }

// batch is a piece of the text.
type batch struct {
	messages []broker.Message
	lines    []int    // their numbers
	broken   []broken // lines that are no records
	err      error    // io.EOF, or why nothing more can be read
}

// broken is a line that is no record.
type broken struct {
	line int
	err  error
}

// Write writes all lines of in and returns when the cluster has them, or an error
// that concerns all further ones and names the first that is not known to be written. When ctx is done it returns its cause; a call of
// in.Read that waits then is left behind, since nothing can end it.
func (w *Writer) Write(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan batch)
	go w.read(ctx, in, batches)
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case b := <-batches:
			for _, line := range b.broken {
				w.tell(line.line, line.err)
			}
			if err := w.produce(ctx, b); err != nil {
				return err
			}
			if errors.Is(b.err, io.EOF) {
				return nil
			}
			if b.err != nil {
				return fmt.Errorf("reading lines: %w", b.err)
			}
		}
	}
}

// read reads the text until its end or until ctx is done.
func (w *Writer) read(ctx context.Context, in io.Reader, batches chan<- batch) {
	lines := newReader(in)
	for number := 0; ; {
		b := w.collect(lines, &number)
		select {
		case batches <- b:
		case <-ctx.Done():
			return
		}
		if b.err != nil {
			return
		}
	}
}

// collect waits for a line and takes all that are there with it. number is that of
// the line before.
func (w *Writer) collect(lines *reader, number *int) batch {
	var b batch
	for first := true; first || len(b.messages) < batchSize && lines.more(); first = false {
		line, err := lines.next()
		if err != nil && !errors.Is(err, errTooLong) {
			b.err = err
			return b
		}
		*number++
		var m broker.Message
		if err == nil {
			m, err = w.Format.Parse(line)
		}
		if err != nil {
			b.broken = append(b.broken, broken{*number, err})
			continue
		}
		m.Time, m.Offset = w.Clock().UnixMilli(), broker.NotWritten
		b.messages, b.lines = append(b.messages, m), append(b.lines, *number)
	}
	return b
}

// produce writes a batch. What the cluster does not take is written once more,
// alone, so that one record does not lose the others.
func (w *Writer) produce(ctx context.Context, b batch) error {
	if len(b.messages) == 0 {
		return nil
	}
	all := w.Cluster.Produce(ctx, w.Topic, b.messages)
	if all == nil {
		w.written.Add(int64(len(b.messages)))
		return nil
	}
	lost := 0 // number of the first line that is not written, for what is wrong with all
	for i := range b.messages {
		var err error
		if b.messages[i].Offset == broker.NotWritten {
			err = all
			if ofOneRecord(all) {
				err = w.Cluster.Produce(ctx, w.Topic, b.messages[i:i+1])
			}
		}
		switch {
		case err == nil:
			w.written.Add(1)
		case ofOneRecord(err):
			w.tell(b.lines[i], err)
		default:
			all = err
			if lost == 0 {
				lost = b.lines[i]
			}
		}
	}
	if lost == 0 {
		return nil
	}
	return fmt.Errorf("line %d and those behind it: %w", lost, all)
}

// ofOneRecord reports whether an error may be about one record and not about all.
func ofOneRecord(err error) bool {
	for _, all := range []error{
		broker.ErrUnknownTopic, broker.ErrTopicDeleted, broker.ErrUnreachable, broker.ErrAuthentication,
		broker.ErrAuthorization, broker.ErrClosed, context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, all) {
			return false
		}
	}
	return true
}

func (w *Writer) tell(line int, err error) {
	w.broken.Add(1)
	w.Broken(line, err)
}
