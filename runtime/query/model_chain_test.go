package query_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// chain is a random query that joins several sources, a stream first, and the reference of
// what it does: WITHIN is so long that all records of streams meet.
type chain struct {
	kinds   []string // of the sources, which are called A, B, …
	formats []string // of their keys
	links   []chainLink
}

// chainLink is a join with the next source.
type chainLink struct {
	left        bool   // LEFT JOIN, else INNER
	member      int    // whose column is compared
	column, own string // K or X, and that of the source that is joined
}

func chainScenario(random *rand.Rand) scenario {
	c := &chain{kinds: []string{"STREAM"}, formats: []string{pick(random, "JSON", "KAFKA")}}
	for i := range 1 + random.IntN(3) {
		link := chainLink{left: random.IntN(3) == 0, member: random.IntN(i + 1), column: pick(random, "K", "X"), own: "K"}
		if c.kinds = append(c.kinds, pick(random, "STREAM", "TABLE")); c.kinds[i+1] == "STREAM" {
			link.own = pick(random, "K", "X")
		}
		c.formats = append(c.formats, pick(random, c.formats[i], "JSON", "KAFKA"))
		if i > 0 && random.IntN(2) == 0 { // the rows lie right already
			link.member, link.column = i, c.links[i-1].own
		}
		if m := link.member; m > 0 && c.links[m-1].left && c.links[m-1].own == link.column {
			link.column = other(link.column) // it stands for the key, even where it is NULL
		}
		c.links = append(c.links, link)
	}
	return scenario{
		ddl: c.ddl(), query: c.sql(), inputs: c.inputs(random, 1+random.IntN(30)), stream: true, partitions: 1 + random.Int32N(4),
		reference: func() reference {
			return &chainReference{chain: c, lefts: make([][]chainRow, len(c.links)), rights: make([][]chainColumns, len(c.links)), told: map[string]string{}}
		},
	}
}

// other is the column beside K or X.
func other(column string) string {
	if column == "K" {
		return "X"
	}
	return "K"
}

// nameOf is the name of a source and of its topic.
func (c *chain) nameOf(i int) string { return string(rune('A' + i)) }

func (c *chain) ddl() string {
	var b strings.Builder
	for i, kind := range c.kinds {
		key := "KEY"
		if kind == "TABLE" {
			key = "PRIMARY KEY"
		}
		fmt.Fprintf(&b, "CREATE %s %s (K STRING %s, X STRING, N BIGINT) WITH (KAFKA_TOPIC='%[2]s', KEY_FORMAT='%[4]s', VALUE_FORMAT='JSON');\n", kind, c.nameOf(i), key, c.formats[i])
	}
	return b.String()
}

func (c *chain) sql() string {
	var from, columns strings.Builder
	from.WriteString("A")
	key := ""
	for i, link := range c.links {
		kind, within, name := "INNER", "", c.nameOf(i+1)
		if link.left {
			kind = "LEFT"
		}
		if c.kinds[i+1] == "STREAM" {
			within = " WITHIN 1 DAY"
		}
		fmt.Fprintf(&from, " %s JOIN %s%s ON %s.%s = %s.%s", kind, name, within, c.nameOf(link.member), link.column, name, link.own)
		key = name + "." + link.own
	}
	for i := range c.kinds {
		fmt.Fprintf(&columns, ", %s.N AS N%d", c.nameOf(i), i)
	}
	return fmt.Sprintf("CREATE STREAM T WITH (FORMAT='JSON') AS SELECT %s%s FROM %s;", key, &columns, &from)
}

// inputs makes records that N tells apart. Some rows of tables are deleted.
func (c *chain) inputs(random *rand.Rand, n int) (list []input) {
	for i := range n {
		member := random.IntN(len(c.kinds))
		in := input{topic: c.nameOf(member), time: 1000 + int64(i), key: pick(random, "a", "b", "c")}
		if c.formats[member] == "JSON" {
			in.key = strconv.Quote(in.key)
		}
		if c.kinds[member] == "STREAM" || random.IntN(6) > 0 {
			in.value = fmt.Sprintf(`{"X":%q,"N":%d}`, pick(random, "a", "b", "c"), i)
		}
		list = append(list, in)
	}
	return list
}

// chainColumns are the columns of one source: nil where it has no match.
type chainColumns struct{ K, X, N *string }

// chainRow is what has been joined so far.
type chainRow []chainColumns

// chainReference joins each record with all before it.
type chainReference struct {
	*chain
	lefts  [][]chainRow     // of each join, what has come in from the left
	rights [][]chainColumns // and the records or rows from the right
	told   map[string]string
}

func (r *chainReference) table() map[string]string { return r.told }

func (r *chainReference) feed(in input) {
	key := strings.Trim(in.key, `"`)
	columns := chainColumns{K: &key}
	if in.value != "" {
		var value struct {
			X string
			N json.Number
		}
		if err := json.Unmarshal([]byte(in.value), &value); err != nil {
			panic(err)
		}
		columns.X, columns.N = &value.X, (*string)(&value.N)
	}
	member := int(in.topic[0] - 'A')
	switch {
	case member == 0:
		r.fromLeft(0, chainRow{columns})
	case r.kinds[member] == "STREAM":
		r.fromRight(member-1, columns)
	default:
		rows := &r.rights[member-1]
		*rows = slices.DeleteFunc(*rows, func(old chainColumns) bool { return *old.K == key })
		if in.value != "" {
			*rows = append(*rows, columns)
		}
	}
}

// fromLeft joins a row with what is on the right of a join, and on to the end.
func (r *chainReference) fromLeft(i int, row chainRow) {
	if i == len(r.links) {
		r.tell(row)
		return
	}
	r.lefts[i] = append(r.lefts[i], row)
	met := false
	for _, right := range r.rights[i] {
		if r.match(i, row, right) {
			met = true
			r.fromLeft(i+1, append(slices.Clip(row), right))
		}
	}
	if !met && r.links[i].left {
		r.fromLeft(i+1, append(slices.Clip(row), chainColumns{}))
	}
}

// fromRight joins a record of a stream with what is on the left of its join.
func (r *chainReference) fromRight(i int, right chainColumns) {
	r.rights[i] = append(r.rights[i], right)
	for _, row := range r.lefts[i] {
		if r.match(i, row, right) {
			r.fromLeft(i+1, append(slices.Clip(row), right))
		}
	}
}

// match reports whether the columns that a join compares are equal.
func (r *chainReference) match(i int, row chainRow, right chainColumns) bool {
	left, own := r.compared(i, row), right.column(r.links[i].own)
	return left != nil && own != nil && *left == *own
}

// compared is the left side of a join's condition.
func (r *chainReference) compared(i int, row chainRow) *string {
	return row[r.links[i].member].column(r.links[i].column)
}

func (c *chainColumns) column(name string) *string {
	if name == "K" {
		return c.K
	}
	return c.X
}

func (r *chainReference) tell(row chainRow) {
	key := ""
	if compared := r.compared(len(r.links)-1, row); compared != nil {
		key = strconv.Quote(*compared)
	}
	numbers := make([]string, len(row))
	for i, columns := range row {
		number := "null"
		if columns.N != nil {
			number = *columns.N
		}
		numbers[i] = fmt.Sprintf(`"N%d":%s`, i, number)
	}
	count(r.told, key+" {"+strings.Join(numbers, ",")+"}")
}

// count adds one to how often a result has come.
func count(told map[string]string, result string) {
	n, _ := strconv.Atoi(told[result])
	told[result] = strconv.Itoa(n + 1)
}
