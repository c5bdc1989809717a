package eval

import (
	"fmt"
	"math"
	"math/big"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// converter turns a value that is not NULL into one of another type.
type converter func(f *Frame, v data.Value) (data.Value, error)

// cast compiles a conversion. NULL stays NULL.
func (c *compiler) cast(e *expr.Cast) (Program, error) {
	p, err := c.program(e.Operand)
	if err != nil {
		return nil, err
	}
	convert := converterFor(e.Operand.Type(), e.Type())
	if convert == nil {
		return p, nil
	}
	return func(f *Frame) (data.Value, error) {
		v, err := p(f)
		if err != nil || v.IsNull() {
			return data.Null, err
		}
		return convert(f, v)
	}, nil
}

// converterFor returns the conversion between two types that can be cast; nil
// if there is nothing to do.
func converterFor(from, to *types.Type) converter {
	if from.Equal(to) || from.Kind() == types.KindNull {
		return nil
	}
	switch to.Kind() {
	case types.KindString:
		return toText(from)
	case types.KindInt, types.KindBigint:
		return toWhole(from, to.Kind())
	case types.KindDouble:
		return toDouble(from)
	case types.KindDecimal:
		return toDecimal(from, to)
	case types.KindBoolean:
		return textToBoolean
	case types.KindBytes, types.KindDate, types.KindTime, types.KindTimestamp:
		return toTemporal(from, to)
	case types.KindArray:
		return castArray(from, to)
	case types.KindMap:
		return castMap(from, to)
	case types.KindStruct:
		return castStruct(from, to)
	}
	return nil
}

// toText writes values as text into the frame's arena.
func toText(from *types.Type) converter {
	var scratch []byte
	return func(f *Frame, v data.Value) (data.Value, error) {
		scratch = data.AppendText(scratch[:0], v, from)
		text := f.Arena.Bytes(len(scratch))
		copy(text, scratch)
		return data.StringBytes(text), nil
	}
}

// toWhole truncates as Java's casts do: BIGINT to INTEGER keeps the low bits,
// DOUBLE stops at the ends of the range, NaN is 0.
func toWhole(from *types.Type, kind types.Kind) converter {
	narrow := func(i int64) data.Value {
		if kind == types.KindInt {
			return data.Int(int32(i))
		}
		return data.Bigint(i)
	}
	switch from.Kind() {
	case types.KindString:
		return textToWhole(kind)
	case types.KindDouble:
		return func(_ *Frame, v data.Value) (data.Value, error) { return narrow(truncate(v.Float64(), kind)), nil }
	case types.KindDecimal:
		divisor := types.PowerOfTen(from.Scale())
		return func(_ *Frame, v data.Value) (data.Value, error) {
			if unscaled, ok := v.Unscaled(); ok && divisor.IsInt64() {
				return narrow(unscaled / divisor.Int64()), nil
			}
			return narrow(lowBits(new(big.Int).Quo(v.BigUnscaled(), divisor))), nil
		}
	}
	return func(_ *Frame, v data.Value) (data.Value, error) { return narrow(v.Int64()), nil }
}

// truncate cuts off the fraction and stops at the ends of the kind.
func truncate(d float64, kind types.Kind) int64 {
	least, most := int64(math.MinInt64), int64(math.MaxInt64)
	if kind == types.KindInt {
		least, most = math.MinInt32, math.MaxInt32
	}
	switch {
	case math.IsNaN(d):
		return 0
	case d >= float64(most):
		return most
	case d <= float64(least):
		return least
	}
	return int64(d)
}

// lowBits returns the low 64 bits in two's complement.
func lowBits(i *big.Int) int64 {
	low := new(big.Int).And(i, new(big.Int).SetUint64(math.MaxUint64))
	return int64(low.Uint64())
}

// toDouble returns the nearest DOUBLE.
func toDouble(from *types.Type) converter {
	switch from.Kind() {
	case types.KindString:
		return textToDouble
	case types.KindDecimal:
		scale := from.Scale()
		return func(_ *Frame, v data.Value) (data.Value, error) { return data.Double(doubleOf(v, scale)), nil }
	}
	return func(_ *Frame, v data.Value) (data.Value, error) { return data.Double(float64(v.Int64())), nil }
}

// maxExact is where whole numbers stop being DOUBLEs exactly, maxExactPower the last power of ten that is one.
const (
	maxExact      = 1 << 53
	maxExactPower = 22
)

// doubleOf returns the DOUBLE nearest to a DECIMAL. The quotient of two numbers
// that are exact DOUBLEs is the nearest one.
func doubleOf(v data.Value, scale int) float64 {
	if unscaled, ok := v.Unscaled(); ok && magnitude(unscaled) <= maxExact && scale <= maxSmallPower && scale <= maxExactPower {
		return float64(unscaled) / float64(smallPowers[scale])
	}
	return types.Decimal{Unscaled: v.BigUnscaled(), Scale: scale}.Float64()
}

// toDecimal rounds a half away from zero and fails if the number is too large. A
// DOUBLE counts as the decimal number it is written as: 0.15 is not 0.1499….
func toDecimal(from, to *types.Type) converter {
	limit := powerOfTen(to.Precision())
	switch from.Kind() {
	case types.KindString:
		return textToDecimal(to)
	case types.KindDouble:
		return func(_ *Frame, v data.Value) (data.Value, error) {
			d, err := types.DecimalOfDouble(v.Float64())
			if err != nil {
				return data.Null, err
			}
			fitted, err := d.Fit(to)
			return decimalOrNull(fitted, err)
		}
	case types.KindDecimal:
		if from.Scale() == to.Scale() && from.Precision() <= to.Precision() {
			return nil
		}
		return func(_ *Frame, v data.Value) (data.Value, error) { return rescale(v, from.Scale(), to, limit) }
	}
	return func(_ *Frame, v data.Value) (data.Value, error) {
		return rescale(data.Decimal(v.Int64()), 0, to, limit)
	}
}

// decimalOrNull returns a DECIMAL as a value.
func decimalOrNull(d types.Decimal, err error) (data.Value, error) {
	if err != nil {
		return data.Null, err
	}
	return data.BigDecimal(d.Unscaled), nil
}

// toTemporal converts text, and dates and times to one another.
func toTemporal(from, to *types.Type) converter {
	if from.Kind() == types.KindString {
		return textTo(to)
	}
	return func(_ *Frame, v data.Value) (data.Value, error) {
		if from.Kind() == types.KindDate {
			return data.Timestamp(types.JoinTimestamp(v.Int64(), 0)), nil
		}
		days, ofDay := types.SplitTimestamp(v.Int64())
		if to.Kind() == types.KindDate {
			return data.Date(days), nil
		}
		return data.Time(ofDay), nil
	}
}

// castValue applies a converter to what may be NULL.
func castValue(f *Frame, convert converter, v data.Value) (data.Value, error) {
	if v.IsNull() || convert == nil {
		return v, nil
	}
	return convert(f, v)
}

// castArray converts element by element.
func castArray(from, to *types.Type) converter {
	elem := converterFor(from.Elem(), to.Elem())
	return func(f *Frame, v data.Value) (data.Value, error) {
		elems := f.Arena.Values(v.Len())
		for i, e := range v.Elems() {
			converted, err := castValue(f, elem, e)
			if err != nil {
				return data.Null, fmt.Errorf("element %d: %w", i+1, err)
			}
			elems[i] = converted
		}
		return data.Array(elems), nil
	}
}

// castMap converts keys and values. Keys that become equal are one entry then.
func castMap(from, to *types.Type) converter {
	key, value := converterFor(from.Key(), to.Key()), converterFor(from.Elem(), to.Elem())
	return func(f *Frame, v data.Value) (data.Value, error) {
		entries := f.Arena.Entries(v.Len())
		for i, e := range v.Entries() {
			k, err := castValue(f, key, e.Key)
			if err != nil {
				return data.Null, fmt.Errorf("a key: %w", err)
			}
			converted, err := castValue(f, value, e.Value)
			if err != nil {
				return data.Null, fmt.Errorf("the value of a key: %w", err)
			}
			entries[i] = data.Entry{Key: k, Value: converted}
		}
		return data.Map(entries), nil
	}
}

// castStruct matches fields by name; what is missing becomes NULL.
func castStruct(from, to *types.Type) converter {
	sources := make([]int, len(to.Fields()))
	converters := make([]converter, len(to.Fields()))
	for i, field := range to.Fields() {
		sources[i] = from.FieldIndex(field.Name)
		if sources[i] >= 0 {
			converters[i] = converterFor(from.Fields()[sources[i]].Type, field.Type)
		}
	}
	return func(f *Frame, v data.Value) (data.Value, error) {
		fields := f.Arena.Values(len(sources))
		for i, source := range sources {
			fields[i] = data.Null
			if source < 0 {
				continue
			}
			var err error
			if fields[i], err = castValue(f, converters[i], v.Elems()[source]); err != nil {
				return data.Null, fmt.Errorf("field %s: %w", to.Fields()[i].Name, err)
			}
		}
		return data.Struct(fields), nil
	}
}
