package query_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

// joining is a random query over L and R, and the reference of what it does.
type joining struct {
	left, right   string // STREAM or TABLE
	kind          string
	foreign       bool // L.G is R's key
	before, after int64
	grace         int64 // negative for none: then nobody waits for a match
}

func joinScenario(random *rand.Rand) scenario {
	j := &joining{left: "TABLE", right: "TABLE", kind: pick(random, "INNER", "LEFT", "RIGHT", "FULL OUTER")}
	switch random.IntN(4) {
	case 0:
		j.foreign, j.kind = true, pick(random, "INNER", "LEFT")
	case 1:
		j.left, j.kind = "STREAM", pick(random, "INNER", "LEFT")
	case 2:
		j.left, j.right = "STREAM", "STREAM"
		j.before, j.after, j.grace = random.Int64N(20), random.Int64N(20), random.Int64N(20)-5
	}
	partitions := int32(1)
	if j.right == "TABLE" { // streams have a time in each partition
		partitions += random.Int32N(3)
	}
	return scenario{
		ddl: j.ddl(), query: j.sql(), inputs: j.inputs(random, 1+random.IntN(30)), stream: j.left == "STREAM", partitions: partitions,
		reference: func() reference {
			none := int64(math.MinInt64)
			return &joinReference{joining: j, rows: [2]map[string]row{{}, {}}, newest: [2]int64{none, none}, told: map[string]string{}}
		},
	}
}

func (j *joining) ddl() string {
	source := func(kind, name, typ string) string {
		key := "KEY"
		if kind == "TABLE" {
			key = "PRIMARY KEY"
		}
		return fmt.Sprintf("CREATE %s %s (K %s %s, N BIGINT, G BIGINT) WITH (KAFKA_TOPIC='%s', FORMAT='JSON');\n", kind, name, typ, key, name)
	}
	if j.foreign {
		return source(j.left, "L", "STRING") + source(j.right, "R", "BIGINT")
	}
	return source(j.left, "L", "STRING") + source(j.right, "R", "STRING")
}

func (j *joining) sql() string {
	key, on, within := "L.K AS K", "L.K = R.K", ""
	switch {
	case j.foreign:
		on = "L.G = R.K"
	case j.kind == "RIGHT":
		key = "R.K AS K"
	case j.kind == "FULL OUTER":
		key = "ROWKEY AS K"
	}
	if j.right == "STREAM" {
		within = fmt.Sprintf(" WITHIN (%d MILLISECONDS, %d MILLISECONDS)", j.before, j.after)
		if j.grace >= 0 {
			within += fmt.Sprintf(" GRACE PERIOD %d MILLISECONDS", j.grace)
		}
	}
	return fmt.Sprintf("CREATE %s T WITH (FORMAT='JSON') AS SELECT %s, L.N AS A, R.N AS B FROM L %s JOIN R%s ON %s;", j.left, key, j.kind, within, on)
}

// inputs makes records of both sources; those of tables may have no value, and some have no key.
func (j *joining) inputs(random *rand.Rand, n int) (list []input) {
	now := int64(1000)
	for range n {
		now += random.Int64N(12)
		in := input{topic: "L", time: now - pick(random, 0, 0, random.Int64N(30)), key: strconv.Quote(pick(random, "a", "b", "c"))}
		kind := j.left
		if random.IntN(2) == 0 {
			in.topic, kind = "R", j.right
			if j.foreign {
				in.key = strconv.Itoa(random.IntN(3))
			}
		}
		if random.IntN(12) == 0 {
			in.key = ""
		}
		if kind == "STREAM" || random.IntN(6) > 0 {
			in.value = fmt.Sprintf(`{"N":%s,"G":%s}`, number(random, 6), number(random, 3))
		}
		list = append(list, in)
	}
	return list
}

// joinReference joins what there is, all of it each time.
type joinReference struct {
	*joining
	rows   [2]map[string]row // of tables
	seen   [2][]*seen        // of streams
	newest [2]int64          // time of the records of streams
	told   map[string]string // how often each result of a stream has come
}

// seen is a record of a stream.
type seen struct {
	input
	columns row
	waits   bool // for a match, or for the end of its window
}

func (r *joinReference) feed(in input) {
	side := 0
	if in.topic == "R" {
		side = 1
	}
	columns, there := read(in)
	switch {
	case r.right == "STREAM":
		r.meet(side, &seen{input: in, columns: columns})
	case r.left == "TABLE" || side == 1:
		if in.key == "" {
			return
		}
		if delete(r.rows[side], in.key); there {
			r.rows[side][in.key] = columns
		}
	default:
		if match, ok := r.rows[1][in.key]; ok || r.keeps(0) {
			r.tell(in.key, columns, match)
		}
	}
}

// keeps reports whether the records of a side give results without a match.
func (r *joinReference) keeps(side int) bool {
	return r.kind == "FULL OUTER" || r.kind == []string{"LEFT", "RIGHT"}[side]
}

// meet joins a record of a stream with those of the other one.
func (r *joinReference) meet(side int, in *seen) {
	if in.key == "" {
		if r.keeps(side) {
			r.alone(side, in)
		}
		return
	}
	r.newest[side] = max(r.newest[side], in.time)
	for s, list := range r.seen {
		for _, other := range list {
			if other.waits && r.over(s, other) {
				other.waits = false
				r.alone(s, other)
			}
		}
	}
	matched := false
	for _, other := range r.seen[1-side] {
		if other.key == in.key && r.near(side, in, other) && r.kept(1-side, other) {
			matched, other.waits = true, false
			r.pair(side, in, other)
		}
	}
	if in.waits = !matched && r.keeps(side) && r.grace >= 0 && !r.over(side, in); !matched && !in.waits && r.keeps(side) {
		r.alone(side, in)
	}
	if r.kept(side, in) || in.waits {
		r.seen[side] = append(r.seen[side], in)
	}
}

// near reports whether a record of a side and one of the other are within the window.
func (r *joinReference) near(side int, in, other *seen) bool {
	left, right := in.time, other.time
	if side == 1 {
		left, right = right, left
	}
	return right >= left-r.before && right <= left+r.after
}

// kept reports whether a side still has a record: its newest one says so.
func (r *joinReference) kept(side int, in *seen) bool {
	grace := r.grace
	if grace < 0 {
		grace = daily
	}
	return in.time > r.newest[side]-r.before-r.after-grace
}

// over reports whether the window and the grace period of a record are over.
func (r *joinReference) over(side int, in *seen) bool {
	later := r.after
	if side == 1 {
		later = r.before
	}
	return in.time+later+r.grace < max(r.newest[0], r.newest[1])
}

func (r *joinReference) alone(side int, in *seen) { r.pair(side, in, new(seen)) }

func (r *joinReference) pair(side int, in, other *seen) {
	if side == 1 {
		r.tell(in.key, other.columns, in.columns)
	} else {
		r.tell(in.key, in.columns, other.columns)
	}
}

func (r *joinReference) tell(key string, left, right row) {
	count(r.told, key+" "+joined(left, right))
}

func joined(left, right row) string {
	return fmt.Sprintf(`{"A":%s,"B":%s}`, orNone(left.N), orNone(right.N))
}

func orNone(n *int64) string {
	if n == nil {
		return "null"
	}
	return strconv.FormatInt(*n, 10)
}

func (r *joinReference) table() map[string]string {
	if r.left == "STREAM" {
		return r.told
	}
	rows := map[string]string{}
	for key, left := range r.rows[0] {
		match := key
		if r.foreign {
			match = orNone(left.G)
		}
		if right, ok := r.rows[1][match]; ok || r.kind == "LEFT" || r.kind == "FULL OUTER" {
			rows[key] = joined(left, right)
		}
	}
	if r.kind == "RIGHT" || r.kind == "FULL OUTER" {
		for key, right := range r.rows[1] {
			rows[key] = joined(r.rows[0][key], right)
		}
	}
	return rows
}
