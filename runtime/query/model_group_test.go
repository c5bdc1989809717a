package query_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// grouping is a random query with GROUP BY, and the reference of what it does.
type grouping struct {
	table  bool // the source is one
	by     []string
	where  *int64 // N > where
	having *int64 // COUNT(*) > having
	window windowing
	final  bool
}

// windowing is a WINDOW clause; an empty kind is none. Times are milliseconds.
type windowing struct {
	kind                 string
	size, advance, grace int64
}

// daily is the grace period where the query names none.
const daily = 24 * 60 * 60 * 1000

// row is the columns of the source.
type row struct {
	K    *string `json:"-"`
	N, G *int64
}

// pick returns one of some values.
func pick[T any](random *rand.Rand, values ...T) T { return values[random.IntN(len(values))] }

func groupScenario(random *rand.Rand) scenario {
	g := grouping{table: random.IntN(4) == 0, by: pick(random, []string{"K"}, []string{"G"}, []string{"K", "G"})}
	if random.IntN(3) == 0 {
		g.where = new(random.Int64N(5))
	}
	if random.IntN(3) == 0 {
		g.having = new(random.Int64N(3))
	}
	if !g.table && random.IntN(4) > 0 {
		size := 1 + random.Int64N(20)
		g.window = windowing{kind: pick(random, "TUMBLING", "HOPPING", "SESSION"), size: size, advance: size, grace: random.Int64N(15)}
		if g.window.kind == "HOPPING" {
			g.window.advance = 1 + random.Int64N(size)
		}
		if g.final = random.IntN(3) == 0; !g.final && random.IntN(3) == 0 {
			g.window.grace = daily
		}
	}
	partitions := int32(1)
	if g.window.kind == "" { // else each partition has a time of its own
		partitions += random.Int32N(3)
	}
	return scenario{ddl: g.ddl(), query: g.sql(), inputs: rowInputs(random, 1+random.IntN(30)), partitions: partitions, cached: random.IntN(3) == 0, reference: g.reference}
}

// rowInputs makes records of few keys at times that go up and down; some keys, values
// and columns are missing, and some records come twice.
func rowInputs(random *rand.Rand, n int) []input {
	var list []input
	now := int64(1000)
	for range n {
		if len(list) > 0 && random.IntN(10) == 0 {
			list = append(list, list[len(list)-1])
			continue
		}
		now += random.Int64N(12)
		in := input{topic: "s", time: now - pick(random, 0, 0, random.Int64N(30)), key: pick(random, "a", "b", "c")}
		if random.IntN(10) == 0 {
			in.key = ""
		}
		if random.IntN(10) > 0 {
			in.value = fmt.Sprintf(`{"N":%s,"G":%s}`, number(random, 6), number(random, 3))
		}
		list = append(list, in)
	}
	return list
}

// number is a small number as JSON, sometimes null.
func number(random *rand.Rand, below int) string {
	if random.IntN(10) == 0 {
		return "null"
	}
	return strconv.Itoa(random.IntN(below))
}

func (g *grouping) ddl() string {
	if g.table {
		return "CREATE TABLE S (K STRING PRIMARY KEY, N BIGINT, G BIGINT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');"
	}
	return "CREATE STREAM S (K STRING KEY, N BIGINT, G BIGINT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');"
}

func (g *grouping) sql() string {
	var b strings.Builder
	by := strings.Join(g.by, ", ")
	fmt.Fprintf(&b, "CREATE TABLE T WITH (FORMAT='JSON') AS SELECT %s, COUNT(*) AS C, COUNT(N) AS CN, SUM(N) AS SN FROM S", by)
	w := g.window
	if w.kind != "" {
		fmt.Fprintf(&b, " WINDOW %s (", w.kind)
		if w.kind != "SESSION" {
			b.WriteString("SIZE ")
		}
		fmt.Fprintf(&b, "%d MILLISECONDS", w.size)
		if w.kind == "HOPPING" {
			fmt.Fprintf(&b, ", ADVANCE BY %d MILLISECONDS", w.advance)
		}
		if w.grace != daily {
			fmt.Fprintf(&b, ", GRACE PERIOD %d MILLISECONDS", w.grace)
		}
		b.WriteString(")")
	}
	if g.where != nil {
		fmt.Fprintf(&b, " WHERE N > %d", *g.where)
	}
	fmt.Fprintf(&b, " GROUP BY %s", by)
	if g.having != nil {
		fmt.Fprintf(&b, " HAVING COUNT(*) > %d", *g.having)
	}
	if g.final {
		b.WriteString(" EMIT FINAL")
	}
	return b.String() + ";"
}

func (g *grouping) reference() reference {
	if g.table {
		return &tableReference{grouping: g, rows: map[string]row{}, seen: map[string]bool{}}
	}
	return &streamReference{grouping: g, members: map[string][]row{}, open: map[span]bool{}, waiting: map[span]bool{}, newest: math.MinInt64, results: map[string]string{}}
}

// read returns the columns of a record, and whether it has a value.
func read(in input) (r row, ok bool) {
	if in.key != "" {
		r.K = &in.key
	}
	if in.value == "" {
		return r, false
	}
	if err := json.Unmarshal([]byte(in.value), &r); err != nil {
		panic(err)
	}
	return r, true
}

// passes reports whether a row gets through WHERE.
func (g *grouping) passes(r row) bool { return g.where == nil || r.N != nil && *r.N > *g.where }

// group returns the group of a row as a key of the result; false for none.
func (g *grouping) group(r row) (string, bool) {
	parts := map[string]string{}
	if r.K != nil {
		parts["K"] = `"` + *r.K + `"`
	}
	if r.G != nil {
		parts["G"] = strconv.FormatInt(*r.G, 10)
	}
	for _, name := range g.by {
		if parts[name] == "" {
			return "", false
		}
	}
	if len(g.by) == 1 {
		return parts[g.by[0]], true
	}
	return fmt.Sprintf(`{"K":%s,"G":%s}`, parts["K"], parts["G"]), true
}

// result returns the row of a group, and whether it gets through HAVING.
func (g *grouping) result(members []row) (string, bool) {
	count, numbers, sum := int64(len(members)), 0, int64(0)
	for _, r := range members {
		if r.N != nil {
			numbers++
			sum += *r.N
		}
	}
	return fmt.Sprintf(`{"C":%d,"CN":%d,"SN":%d}`, count, numbers, sum), g.having == nil || count > *g.having
}

// tableReference groups the rows of a table, all of them each time.
type tableReference struct {
	*grouping
	rows map[string]row
	seen map[string]bool // groups that have had a row
}

func (t *tableReference) feed(in input) {
	if in.key == "" {
		return
	}
	delete(t.rows, in.key)
	if r, ok := read(in); ok {
		t.rows[in.key] = r
	}
}

func (t *tableReference) table() map[string]string {
	members := map[string][]row{}
	for _, r := range t.rows {
		if group, ok := t.group(r); ok && t.passes(r) {
			members[group] = append(members[group], r)
			t.seen[group] = true
		}
	}
	results := map[string]string{}
	for group := range t.seen {
		if text, ok := t.result(members[group]); ok {
			results[group] = text
		}
	}
	return results
}

// streamReference groups the records of a stream: it knows the members of each group,
// or of each window of it.
type streamReference struct {
	*grouping
	members map[string][]row
	open    map[span]bool // sessions, which more records may join
	waiting map[span]bool // for EMIT FINAL
	newest  int64         // time
	results map[string]string
}

// span is a window or a session of a group.
type span struct {
	group      string
	start, end int64
}

func (s *streamReference) table() map[string]string { return s.results }

func (s *streamReference) feed(in input) {
	r, ok := read(in)
	if !ok || !s.passes(r) {
		return
	}
	group, ok := s.group(r)
	if !ok {
		return
	}
	s.newest = max(s.newest, in.time)
	switch s.window.kind {
	case "":
		s.members[group] = append(s.members[group], r)
		s.show(group, group)
	case "SESSION":
		s.session(group, r, in.time)
	default:
		s.windows(group, r, in.time)
	}
	if s.final {
		s.close()
	}
}

// show sets or deletes a row of the result.
func (s *streamReference) show(key, group string) {
	delete(s.results, key)
	if text, ok := s.result(s.members[group]); ok {
		s.results[key] = text
	}
}

// windows adds a record to each window that it lies in, if that is not over.
func (s *streamReference) windows(group string, r row, time int64) {
	for start := int64(0); start <= time; start += s.window.advance {
		w := span{group, start, start + s.window.size}
		if time >= w.end || w.end+s.window.grace <= s.newest {
			continue
		}
		s.members[s.key(w)] = append(s.members[s.key(w)], r)
		s.changed(w)
	}
}

// session adds a record to the sessions near it, which become one.
func (s *streamReference) session(group string, r row, time int64) {
	gap := s.window.size
	merged := span{group, time, time}
	var near []span
	for o := range s.open {
		forgotten := o.end < s.newest-gap-s.window.grace
		if o.group == group && o.end >= time-gap && o.start <= time+gap && !forgotten {
			near = append(near, o)
			merged.start, merged.end = min(merged.start, o.start), max(merged.end, o.end)
		}
	}
	if merged.end < s.newest-s.window.grace-gap {
		return
	}
	members := []row{r}
	for _, o := range near {
		members = append(members, s.members[s.key(o)]...)
		delete(s.open, o)
		delete(s.waiting, o)
		delete(s.members, s.key(o))
		if !s.final {
			delete(s.results, s.key(o))
		}
	}
	s.open[merged] = true
	s.members[s.key(merged)] = members
	s.changed(merged)
}

// changed shows a window now, or when it is over.
func (s *streamReference) changed(w span) {
	if s.final {
		s.waiting[w] = true
		return
	}
	s.show(s.key(w), s.key(w))
}

// close shows what is over, for good. Windows that lie too far back are forgotten by
// then, as in ksqlDB.
func (s *streamReference) close() {
	for w := range s.waiting {
		over, forgotten := w.end+s.window.grace <= s.newest, w.start < s.newest/s.window.advance*s.window.advance-s.window.size-s.window.grace
		if s.window.kind == "SESSION" {
			over, forgotten = w.end+s.window.grace+s.window.size < s.newest, false
		}
		if !over {
			continue
		}
		delete(s.waiting, w)
		if !forgotten {
			s.show(s.key(w), s.key(w))
		}
	}
}

// key is that of a window in the result.
func (s *streamReference) key(w span) string {
	key := []byte(w.group)
	if s.window.kind == "SESSION" {
		key = binary.BigEndian.AppendUint64(key, uint64(w.end))
	}
	return string(binary.BigEndian.AppendUint64(key, uint64(w.start)))
}
