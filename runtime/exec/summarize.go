package exec

import (
	"cmp"
	"context"
	"errors"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/summary"
)

// summarize is SUMMARIZE: it reads what is on the cluster at this moment. If ctx is done before the
// end, the answer is what is known so far.
func (s *Session) summarize(ctx context.Context, st Statement, n *ast.Summarize) (Entity, error) {
	switch {
	case n.Query != nil:
		return s.summarizeQuery(ctx, st, n.Query)
	case n.Topic != nil:
		return s.summarizeTopic(ctx, n.Topic)
	}
	src, err := s.planner().Source(n.Name)
	if err != nil {
		return nil, err
	}
	topics, err := s.engine.topicsOf(ctx, src)
	if err != nil {
		return nil, err
	}
	return s.summarizeSource(ctx, src.Name, src, topics)
}

// summarizeTopic summarizes a topic that is not declared. Where its columns cannot be told, the rest can.
func (s *Session) summarizeTopic(ctx context.Context, topic *ast.Topic) (Entity, error) {
	if _, err := s.engine.options.Cluster.Topics(ctx, topic.Text); errors.Is(err, broker.ErrUnknownTopic) {
		return nil, source.Errorf(topic.Span, "%s", s.engine.unknownTopic(ctx, topic.Text))
	} else if err != nil {
		return nil, err
	}
	u := &undeclared{session: s, planner: s.planner()}
	src, err := u.stream(ctx, ast.Name{Span: topic.Span, Text: streamName(topic.Text)}, topic)
	if _, ok := errors.AsType[*source.Error](err); err != nil && !ok {
		return nil, err
	}
	return s.summarizeSource(ctx, topic.Text, src, []string{topic.Text})
}

// summarizeSource summarizes the records of a source in some topics; a nil source has no columns.
func (s *Session) summarizeSource(ctx context.Context, name string, src *catalog.Source, topics []string) (Entity, error) {
	r := &reading{topic: summary.NewTopic(), columns: summary.NewColumns(nil), kinds: s.engine.formats.NewKinds()}
	if src != nil {
		decoder, err := hub.NewPrivate(hub.Request{Source: src, Wanted: hub.WantAll(src.Schema), NullFields: nullFields(s.properties)}, s.engine.formats)
		if err != nil {
			return nil, err
		}
		columns := append(append([]types.Column{}, src.Schema.Key...), src.Schema.Value...)
		r.source, r.decoder, r.columns = src, decoder, summary.NewColumns(columns)
	}
	var extents []broker.Extent
	for _, topic := range topics {
		x, err := broker.ExtentOf(ctx, s.engine.options.Cluster, topic)
		if err != nil {
			return nil, err
		}
		extents = append(extents, x)
	}
	ctx, cancel := s.summarizing(ctx)
	defer cancel()
	for _, x := range extents {
		r.begin(x)
		if err := x.Read(ctx, s.engine.options.Cluster, func(f broker.Fetch) bool { return r.take(ctx, f) }); err != nil && ctx.Err() == nil {
			return nil, err
		}
	}
	return newSummary(name, src, r, ctx.Err() == nil), nil
}

// summarizing bounds the reading, if it is to be bounded.
func (s *Session) summarizing(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.summaries == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, s.summaries)
}

// reading is a pass over the records of topics, which takes in what they are like.
type reading struct {
	source     *catalog.Source
	decoder    *hub.Private // nil where there are no columns
	topic      *summary.Topic
	columns    *summary.Columns
	kinds      *serde.Kinds
	key        []byte
	partitions []*summary.Partition
	skipped    int64 // records that cannot be decoded
}

// begin goes on to another topic.
func (r *reading) begin(x broker.Extent) {
	r.partitions = r.partitions[:0]
	for id, end := range x.Ends {
		r.partitions = append(r.partitions, r.topic.AddPartition(x.Topic, int32(id), x.Starts[id], end))
	}
	if r.decoder != nil {
		r.decoder.From(x.Topic)
	}
}

// take takes in a chunk.
func (r *reading) take(ctx context.Context, f broker.Fetch) (more bool) {
	p := r.partitions[f.Partition]
	ownTime := r.source == nil || r.source.Timestamp == ""
	for i := range f.Messages {
		m := &f.Messages[i]
		r.topic.Add(p, m.Key, m.Value)
		r.key = append(r.key[:0], r.kinds.Of(ctx, m.Key)...)
		r.topic.AddKinds(r.key, r.kinds.Of(ctx, m.Value))
		if ownTime && m.Time >= 0 {
			r.topic.AddTime(p, m.Time)
		}
	}
	if r.decoder == nil {
		return true
	}
	batch := r.decoder.Decode(f.Messages, func(f hub.Fault) {
		if !f.Kept {
			r.skipped++
		}
	})
	keys := len(r.source.Schema.Key)
	for i := range batch.Records {
		record := &batch.Records[i]
		if !ownTime {
			r.topic.AddTime(p, record.Time)
		}
		r.columns.Add(0, filled(record.Key, keys))
		if !record.Tombstone {
			r.columns.Add(keys, filled(record.Value, len(r.source.Schema.Value)))
		}
	}
	return true
}

// filled returns a row, NULLs for one that is not there.
func filled(row data.Row, columns int) data.Row {
	if row == nil {
		return make(data.Row, columns)
	}
	return row
}

// atHand plans a query, push or pull, as one that reads what is on the cluster at this moment, from
// the beginning, and ends with it: that is a pull query, whatever it is written as, and allowed where
// those are.
func (s *Session) atHand(ctx context.Context, n *ast.Query) (*plan.Query, error) {
	pushed := *n
	if n.Emit == ast.NoEmit && !s.canBePulled(n.From) {
		pushed.Emit = ast.EmitChanges // of which there is more
	}
	planned, err := s.planQuery(ctx, &pushed)
	if err != nil {
		return nil, err
	}
	finite := planned.Finite()
	if err := s.checkAllowed(n, finite); err != nil {
		return nil, err
	}
	return finite, s.engine.checkTogether(ctx, n, finite.Together)
}

// canBePulled reports whether a pull query reads the rows of a table.
func (s *Session) canBePulled(from ast.Relation) bool {
	named, ok := from.(*ast.Source)
	if !ok || named.Topic != nil {
		return false
	}
	source, found := s.engine.Catalog().Source(named.Name.Text)
	return found && source.Kind == catalog.Table && (source.Derived || source.ReadOnly)
}

// startAtHand starts what atHand has planned.
func (s *Session) startAtHand(ctx context.Context, p *plan.Query) (query.Rows, error) {
	s.engine.catchUp(ctx, p)
	return query.Start(ctx, s.runtime(), p, s.queryOptions(s.queryID(p.Sources)))
}

// summarizeQuery summarizes the rows that a query gives of what is on the cluster at this moment: of a
// table those that are left in the end. The query's limit is how many of them count.
func (s *Session) summarizeQuery(ctx context.Context, st Statement, n *ast.Query) (Entity, error) {
	p, err := s.atHand(ctx, n)
	if err != nil {
		return nil, err
	}
	limit, table := p.Limit, p.Kind == catalog.Table
	if table {
		p.Limit = -1
	}
	rows, err := s.startAtHand(ctx, p)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	r, count := &reading{columns: summary.NewColumns(rows.Columns())}, int64(0)
	add := func(row data.Row) {
		count++
		r.columns.Add(0, row)
	}
	left := newLeftRows(rows.Key(), rows.Columns())
	ctx, cancel := s.summarizing(ctx)
	defer cancel()
	for rows.Next(ctx) {
		if row := rows.Row(); table {
			left.change(row)
		} else {
			add(row.Values)
		}
	}
	if err := cmp.Or(rows.Err(), left.each(limit, add)); err != nil {
		return nil, err
	}
	answer := newSummary(hideVariables(oneLine(n.Place().In(st.text)), s.variables), nil, r, ctx.Err() == nil)
	answer.Records = count
	return answer, nil
}
