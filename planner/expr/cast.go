package expr

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// castTargets says which kinds the values of a kind can be cast to, besides
// their own: ksqlDB's table of casts.
var castTargets = map[types.Kind][]types.Kind{
	types.KindBoolean: {types.KindString},
	types.KindInt:     {types.KindBigint, types.KindDecimal, types.KindDouble, types.KindString},
	types.KindBigint:  {types.KindInt, types.KindDecimal, types.KindDouble, types.KindString},
	types.KindDecimal: {types.KindInt, types.KindBigint, types.KindDouble, types.KindString},
	types.KindDouble:  {types.KindInt, types.KindBigint, types.KindDecimal, types.KindString},
	types.KindString: {
		types.KindBoolean, types.KindInt, types.KindBigint, types.KindDecimal, types.KindDouble,
		types.KindTimestamp, types.KindDate, types.KindTime, types.KindBytes,
	},
	types.KindTimestamp: {types.KindString, types.KindDate, types.KindTime},
	types.KindDate:      {types.KindString, types.KindTimestamp},
	types.KindTime:      {types.KindString},
	types.KindArray:     {types.KindString},
	types.KindMap:       {types.KindString},
	types.KindStruct:    {types.KindString},
}

// Castable reports whether CAST converts values of type from to type to.
// Arrays, maps and structs are cast element by element; structs match their
// fields by name, and what is missing becomes NULL.
func Castable(from, to *types.Type) bool {
	switch f, t := from.Kind(), to.Kind(); {
	case f == types.KindNull:
		return true
	case f == types.KindArray && t == types.KindArray:
		return Castable(from.Elem(), to.Elem())
	case f == types.KindMap && t == types.KindMap:
		return Castable(from.Key(), to.Key()) && Castable(from.Elem(), to.Elem())
	case f == types.KindStruct && t == types.KindStruct:
		for _, field := range to.Fields() {
			if i := from.FieldIndex(field.Name); i >= 0 && !Castable(from.Fields()[i].Type, field.Type) {
				return false
			}
		}
		return true
	case f == t:
		return true
	default:
		return slices.Contains(castTargets[f], t)
	}
}

// castLiteral converts a constant now, if that is a matter of reading or
// writing text or of widening; done is false for what is left to the query.
func castLiteral(e *Literal, to *types.Type) (value any, done bool, err error) {
	switch v := e.Value.(type) {
	case nil:
		return nil, true, nil
	case string:
		value, err = ParseText(v, to)
		return value, err == nil && !to.Kind().Nested(), err
	case int64:
		return widenWhole(v, to)
	case types.Decimal:
		return widenDecimal(v, to)
	}
	if to.Kind() == types.KindString {
		return e.text(), true, nil
	}
	return nil, false, nil
}

// widenWhole is castLiteral for whole numbers.
func widenWhole(v int64, to *types.Type) (value any, done bool, err error) {
	switch to.Kind() {
	case types.KindBigint:
		return v, true, nil
	case types.KindDouble:
		return float64(v), true, nil
	case types.KindDecimal:
		return widenDecimal(types.NewDecimal(v, 0), to)
	case types.KindString:
		return strconv.FormatInt(v, 10), true, nil
	}
	return nil, false, nil
}

// widenDecimal is castLiteral for DECIMALs.
func widenDecimal(v types.Decimal, to *types.Type) (value any, done bool, err error) {
	switch to.Kind() {
	case types.KindDouble:
		return v.Float64(), true, nil
	case types.KindDecimal:
		value, err = v.Fit(to)
		return value, err == nil, err
	case types.KindString:
		return v.String(), true, nil
	}
	return nil, false, nil
}

// ParseText reads text as a value of a simple type, in the form that a
// [Literal] holds. Blanks around a number or a truth value do not count; text
// is TRUE if it begins the word true or yes, whatever its case. Whole numbers
// may be written with a fraction or an exponent that does not matter. The
// error has ksqlDB's text.
func ParseText(text string, to *types.Type) (any, error) {
	switch to.Kind() {
	case types.KindString:
		return text, nil
	case types.KindBoolean:
		return parseBoolean(text)
	case types.KindInt:
		return parseWhole(text, to, 32)
	case types.KindBigint:
		return parseWhole(text, to, 64)
	case types.KindDouble:
		return parseDouble(text)
	case types.KindDecimal:
		d, err := types.ParseDecimal(strings.TrimSpace(text))
		if err != nil {
			return nil, types.BadText(to, text)
		}
		return d.Fit(to)
	case types.KindDate:
		return types.ParseDate(text)
	case types.KindTime:
		return types.ParseTime(text)
	case types.KindTimestamp:
		return types.ParseTimestamp(text)
	case types.KindBytes:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, types.BadText(to, text)
		}
		return b, nil
	}
	return nil, types.BadText(to, text)
}
