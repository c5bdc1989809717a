package summary

import (
	"github.com/axiomhq/hyperloglog"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// Column is what is known of the values of a column, or of a field in one.
type Column struct {
	// Path is its name; a field's has those of what it lies in before it: CUSTOMER.NAME.
	Path string
	Type *types.Type
	// Count is how many values are not NULL, Nulls how many are. A field of a STRUCT that is
	// NULL is NULL.
	Count, Nulls int64

	least, most data.Value // of types that have an order; NULL before the first value
	different   *hyperloglog.Sketch
	top         *top
	text        []byte
	fields      []*Column // of a STRUCT
}

// maxText is how much of a value's text is kept. Longer ones are told apart by it and a hash.
const maxText = 256

// newColumn returns a column of which nothing is known yet.
func newColumn(path string, t *types.Type) *Column {
	c := &Column{Path: path, Type: t}
	if t.Kind() == types.KindStruct {
		for _, f := range t.Fields() {
			c.fields = append(c.fields, newColumn(path+"."+f.Name, f.Type))
		}
		return c
	}
	c.different, c.top = hyperloglog.New(), newTop()
	return c
}

// add counts a value, which may be overwritten afterwards.
func (c *Column) add(v data.Value) {
	if v.IsNull() {
		c.Nulls++
	} else {
		c.Count++
	}
	if c.fields != nil {
		for i, f := range c.fields {
			field := data.Null
			if !v.IsNull() {
				field = v.Elems()[i]
			}
			f.add(field)
		}
		return
	}
	if v.IsNull() {
		return
	}
	c.text = display.AppendText(c.text[:0], v, c.Type)
	c.different.Insert(c.text)
	c.top.add(c.text)
	if c.ordered() {
		c.extend(v)
	}
}

// ordered reports whether the values have a smallest and a largest.
func (c *Column) ordered() bool { return !c.Type.Kind().Nested() }

// extend moves the smallest or the largest value, if v is beyond them.
func (c *Column) extend(v data.Value) {
	if c.least.IsNull() || data.Compare(v, c.least) < 0 {
		c.least = v.Clone()
	}
	if c.most.IsNull() || data.Compare(v, c.most) > 0 {
		c.most = v.Clone()
	}
}

// Extremes returns the smallest and the largest value as text; ok is false if there are none.
// Texts that are long are cut off.
func (c *Column) Extremes() (least, most string, ok bool) {
	if c.least.IsNull() {
		return "", "", false
	}
	return cut(display.Text(c.least, c.Type)), cut(display.Text(c.most, c.Type)), true
}

// Distinct returns how many different values there are; exact is false if that is an estimate,
// which is within 2 % nearly always.
func (c *Column) Distinct() (n int64, exact bool) {
	if c.top == nil {
		return 0, false
	}
	if !c.top.full {
		return int64(len(c.top.heap)), true
	}
	return min(int64(c.different.Estimate()), c.Count), false
}

// Frequent returns the n values that come most often, the most frequent first.
func (c *Column) Frequent(n int) []Frequent {
	if c.top == nil {
		return nil
	}
	return c.top.first(n)
}

// Columns is what is known of the columns of some rows.
type Columns struct{ list []*Column }

// NewColumns returns columns of which nothing is known yet.
func NewColumns(columns []types.Column) *Columns {
	all := &Columns{}
	for _, c := range columns {
		all.list = append(all.list, newColumn(c.Name, c.Type))
	}
	return all
}

// Add counts the values from the from-th column on. They may be overwritten afterwards.
func (c *Columns) Add(from int, values []data.Value) {
	for i, v := range values {
		c.list[from+i].add(v)
	}
}

// All returns the columns, and behind each STRUCT its fields.
func (c *Columns) All() []*Column { return flattened(nil, c.list) }

func flattened(all, list []*Column) []*Column {
	for _, c := range list {
		all = flattened(append(all, c), c.fields)
	}
	return all
}
