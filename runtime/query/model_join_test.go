package query_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// joining is a random query over L and R, and the reference of what it does.
type joining struct {
	left, right   string // STREAM or TABLE
	kind          string
	foreign       bool // L.G is R's key
	before, after int64
}

func joinScenario(random *rand.Rand) scenario {
	j := &joining{left: "TABLE", right: "TABLE", kind: pick(random, "INNER", "LEFT", "RIGHT", "FULL OUTER")}
	switch random.IntN(4) {
	case 0:
		j.foreign, j.kind = true, pick(random, "INNER", "LEFT")
	case 1:
		j.left, j.kind = "STREAM", pick(random, "INNER", "LEFT")
	case 2:
		j.left, j.right, j.kind = "STREAM", "STREAM", "INNER"
		j.before, j.after = random.Int64N(20), random.Int64N(20)
	}
	return scenario{
		ddl: j.ddl(), query: j.sql(), inputs: j.inputs(random, 1+random.IntN(30)), stream: j.left == "STREAM",
		reference: func() reference {
			return &joinReference{joining: j, rows: [2]map[string]row{{}, {}}, told: map[string]string{}}
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
	}
	return fmt.Sprintf("CREATE %s T WITH (FORMAT='JSON') AS SELECT %s, L.N AS A, R.N AS B FROM L %s JOIN R%s ON %s;", j.left, key, j.kind, within, on)
}

// inputs makes records of both sources; those of tables may have no value.
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
	rows [2]map[string]row // of tables
	seen [2][]input        // of streams
	told map[string]string // how often each result of a stream has come
}

func (r *joinReference) feed(in input) {
	side := 0
	if in.topic == "R" {
		side = 1
	}
	columns, there := read(in)
	switch {
	case r.left == "TABLE" || r.right == "TABLE" && side == 1:
		if delete(r.rows[side], in.key); there {
			r.rows[side][in.key] = columns
		}
	case r.right == "TABLE":
		if match, ok := r.rows[1][in.key]; ok || r.kind == "LEFT" || r.kind == "FULL OUTER" {
			r.tell(in.key, columns, match)
		}
	default:
		r.meet(side, in, columns)
	}
}

// meet joins a record of a stream with those of the other one.
func (r *joinReference) meet(side int, in input, columns row) {
	r.seen[side] = append(r.seen[side], in)
	for _, other := range r.seen[1-side] {
		left, right := in.time, other.time
		if side == 1 {
			left, right = right, left
		}
		if other.key != in.key || right < left-r.before || right > left+r.after {
			continue
		}
		match, _ := read(other)
		if side == 0 {
			r.tell(in.key, columns, match)
		} else {
			r.tell(in.key, match, columns)
		}
	}
}

func (r *joinReference) tell(key string, left, right row) {
	result := key + " " + joined(left, right)
	n, _ := strconv.Atoi(r.told[result])
	r.told[result] = strconv.Itoa(n + 1)
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
