package exec

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// print is PRINT: the records of a topic as text, in formats that are guessed.
func (s *Session) print(ctx context.Context, n *ast.Print) (*Result, error) {
	reader, err := s.openTopic(ctx, n)
	if errors.Is(err, broker.ErrUnknownTopic) {
		return nil, s.notPrinted(ctx, n)
	}
	if err != nil {
		return nil, err
	}
	p := &printing{reader: reader, cluster: s.engine.options.Cluster, key: s.engine.formats.NewGuess(catalog.KeySide), value: s.engine.formats.NewGuess(catalog.ValueSide), interval: 1, left: -1}
	if n.Interval != nil {
		p.interval = max(1, n.Interval.Value)
	}
	if n.Limit != nil {
		p.left = n.Limit.Value
	}
	result := &Result{Lines: p, Push: true, Endless: n.Limit == nil}
	if !n.FromBeginning {
		result.Hint = "This shows what arrives from now on. PRINT … FROM BEGINNING shows what is there already, too."
	}
	return result, nil
}

// openTopic reads a topic from its beginning, or from where it ends at this moment.
func (s *Session) openTopic(ctx context.Context, n *ast.Print) (broker.Reader, error) {
	cluster := s.engine.options.Cluster
	options := broker.ReadOptions{Topic: n.Topic.Text, Default: broker.Earliest}
	if !n.FromBeginning {
		ends, err := cluster.Offsets(ctx, n.Topic.Text, broker.EndOffset())
		if err != nil {
			return nil, err
		}
		for partition, offset := range ends {
			options.Starts = append(options.Starts, broker.Start{Partition: int32(partition), Offset: offset})
		}
	}
	return cluster.OpenReader(ctx, options)
}

// notPrinted says that the topic is not there, and which may be meant.
func (s *Session) notPrinted(ctx context.Context, n *ast.Print) error {
	err := source.Errorf(n.Topic.Span, "Could not find topic '%s', or the KSQL user does not have permissions to list the topic. "+
		"Topic names are case-sensitive.", n.Topic.Text)
	if near := s.engine.similarTopics(ctx, n.Topic.Text); len(near) > 0 {
		err.WithDetail("Did you mean:\n\tprint %s", strings.Join(near, "\n\tprint "))
	}
	return err
}

// printing is a PRINT that runs. It has no goroutine: whoever asks for lines
// reads the topic.
type printing struct {
	reader     broker.Reader
	cluster    broker.Cluster
	silent     atomic.Bool // no broker answered at the end
	key, value *serde.Guess
	interval   int64 // of so many records one is shown
	seen       int64
	left       int64 // records until the limit; negative for no limit
	lines      []printedLine
	line       printedLine
	err        error

	running sync.Mutex // held while Next runs
	mu      sync.Mutex // guards the following
	closed  bool
	cancel  context.CancelFunc // of the Next that runs
}

var _ Lines = (*printing)(nil)

// printedLine is a record, or what is told between records.
type printedLine struct {
	record *PrintedRecord // nil for none
	note   string
}

// Next waits for the next line.
func (p *printing) Next(ctx context.Context) bool {
	p.running.Lock()
	defer p.running.Unlock()
	ctx, ok := p.begin(ctx)
	if !ok {
		return false
	}
	defer p.cancel()
	for len(p.lines) == 0 {
		if p.left == 0 || p.err != nil {
			p.finish()
			return false
		}
		fetches, err := p.reader.Poll(ctx)
		if err != nil {
			p.end(ctx, err)
			return false
		}
		for _, f := range fetches {
			p.show(f)
		}
	}
	p.line, p.lines = p.lines[0], p.lines[1:]
	return true
}

// begin makes the context of a Next, which Close cancels; ok is false if the
// printing has ended.
func (p *printing) begin(ctx context.Context) (next context.Context, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false
	}
	next, p.cancel = context.WithCancel(ctx)
	return next, true
}

// end ends the printing with an error of the reader; one that comes from ctx is
// none.
func (p *printing) end(ctx context.Context, err error) {
	if ctx.Err() == nil {
		p.err = err
	}
	p.finish()
}

// finish closes the reader. The caller holds running.
func (p *printing) finish() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.silent.Store(!p.cluster.Answers())
	p.reader.Close()
}

// Answers reports whether a broker answers.
func (p *printing) Answers() bool { return !p.silent.Load() && p.cluster.Answers() }

// Line returns the line that Next has found.
func (p *printing) Line() string {
	if p.line.record != nil {
		return p.line.record.text()
	}
	return p.line.note
}

// Record returns the record of that line.
func (p *printing) Record() *PrintedRecord { return p.line.record }

// Err returns what ended the printing.
func (p *printing) Err() error { return p.err }

// Close ends the printing at once.
func (p *printing) Close() {
	p.mu.Lock()
	closed := p.closed
	p.closed = true
	if p.cancel != nil {
		p.cancel()
	}
	p.mu.Unlock()
	p.running.Lock()
	defer p.running.Unlock()
	if !closed {
		p.reader.Close()
	}
}

// show makes lines of a chunk of a partition.
func (p *printing) show(f broker.Fetch) {
	if f.Err != nil {
		p.note(display.Warning(f.Err.Error()))
	}
	for i := range f.Messages {
		if p.left == 0 {
			return
		}
		p.record(&f.Messages[i], f.Partition)
	}
}

// note makes a line that is no record.
func (p *printing) note(text string) { p.lines = append(p.lines, printedLine{note: text}) }

// record makes the lines of a record: what is guessed of the formats, where that
// has changed, and the record itself if its turn has come.
func (p *printing) record(m *broker.Message, partition int32) {
	first := p.seen == 0
	if p.key.Observe(m.Key) || first {
		p.note("Key format: " + p.key.Formats())
	}
	if p.value.Observe(m.Value) || first {
		p.note("Value format: " + p.value.Formats())
	}
	if p.seen%p.interval == 0 {
		p.lines = append(p.lines, printedLine{record: p.printed(m, partition)})
		p.left--
	}
	p.seen++
}
