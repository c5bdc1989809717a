package eval

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// parts compiles the parts of a constructor, each of which may fail alone.
func (c *compiler) parts(exprs []expr.Expr) ([]Program, error) {
	parts := make([]Program, len(exprs))
	for i, e := range exprs {
		var err error
		if parts[i], err = c.argument(e); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// gather computes all parts into the frame's arena.
func gather(f *Frame, parts []Program) ([]data.Value, error) {
	values := f.Arena.Values(len(parts))
	for i, part := range parts {
		v, err := part(f)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// array compiles ARRAY[…].
func (c *compiler) array(e *expr.Array) (Program, error) {
	parts, err := c.parts(e.Elements)
	return func(f *Frame) (data.Value, error) {
		values, err := gather(f, parts)
		if err != nil {
			return data.Null, err
		}
		return data.Array(values), nil
	}, err
}

// structure compiles STRUCT(…).
func (c *compiler) structure(e *expr.Struct) (Program, error) {
	parts, err := c.parts(e.Values)
	return func(f *Frame) (data.Value, error) {
		values, err := gather(f, parts)
		if err != nil {
			return data.Null, err
		}
		return data.Struct(values), nil
	}, err
}

// mapping compiles MAP(…). Of equal keys the last one counts; NULL is a key
// like any other.
func (c *compiler) mapping(e *expr.Map) (Program, error) {
	keys, err := c.parts(e.Keys)
	if err != nil {
		return nil, err
	}
	values, err := c.parts(e.Values)
	return func(f *Frame) (data.Value, error) {
		entries := f.Arena.Entries(len(keys))
		for i := range keys {
			key, err := keys[i](f)
			if err != nil {
				return data.Null, err
			}
			value, err := values[i](f)
			if err != nil {
				return data.Null, err
			}
			entries[i] = data.Entry{Key: key, Value: value}
		}
		return data.Map(entries), nil
	}, err
}

// subscript compiles operand[index]. NULL on either side gives NULL.
func (c *compiler) subscript(e *expr.Subscript) (Program, error) {
	operand, err := c.program(e.Operand)
	if err != nil {
		return nil, err
	}
	index, err := c.program(e.Index)
	if err != nil {
		return nil, err
	}
	pick := data.Value.Lookup
	if e.Operand.Type().Kind() == types.KindArray {
		pick = element
	}
	return func(f *Frame) (data.Value, error) {
		v, err := operand(f)
		if err != nil || v.IsNull() {
			return data.Null, err
		}
		i, err := index(f)
		if err != nil || i.IsNull() {
			return data.Null, err
		}
		return pick(v, i), nil
	}, nil
}

// element returns an element of an ARRAY: 1 is the first, -1 the last.
func element(array, index data.Value) data.Value {
	i := index.Int64() - 1
	if i < -1 {
		i += int64(array.Len()) + 1
	}
	if i < 0 || i >= int64(array.Len()) {
		return data.Null
	}
	return array.Elems()[i]
}

// field compiles operand->name.
func (c *compiler) field(e *expr.Field) (Program, error) {
	operand, err := c.program(e.Operand)
	i := e.Index
	return func(f *Frame) (data.Value, error) {
		v, err := operand(f)
		if err != nil || v.IsNull() {
			return data.Null, err
		}
		return v.Elems()[i], nil
	}, err
}
