package serde

import (
	"math/big"
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds what formats with a writer's schema have in common: which types
// of the schema a column takes, and how their values become the column's. ksqlDB's
// rule is that integers and floating-point numbers may be narrower than the column,
// that a STRING takes numbers and booleans as text, and that everything else must
// be of the column's own kind.

// takesInt reports whether a column takes a written integer of so many bits.
func takesInt(t *types.Type, bits int) bool {
	switch t.Kind() {
	case types.KindBigint, types.KindString:
		return true
	case types.KindInt:
		return bits <= 32
	}
	return false
}

// takesDouble reports whether a column takes a written floating-point number.
func takesDouble(t *types.Type) bool {
	return t.Kind() == types.KindDouble || t.Kind() == types.KindString
}

// takesBoolean reports whether a column takes a written boolean.
func takesBoolean(t *types.Type) bool {
	return t.Kind() == types.KindBoolean || t.Kind() == types.KindString
}

// intValue turns an integer into a value of a kind that takes it.
func intValue(i int64, kind types.Kind, arena *data.Arena) data.Value {
	switch kind {
	case types.KindInt:
		return data.Int(int32(i))
	case types.KindBigint:
		return data.Bigint(i)
	}
	return data.StringBytes(strconv.AppendInt(arena.Bytes(20)[:0], i, 10))
}

// doubleValue turns a number into a value of a kind that takes it; text is as Java writes it.
func doubleValue(f float64, kind types.Kind, arena *data.Arena) data.Value {
	if kind == types.KindDouble {
		return data.Double(f)
	}
	return data.StringBytes(types.AppendDouble(arena.Bytes(32)[:0], f))
}

// booleanValue turns a boolean into a value of a kind that takes it.
func booleanValue(b bool, kind types.Kind) data.Value {
	if kind == types.KindBoolean {
		return data.Boolean(b)
	}
	return data.String(strconv.FormatBool(b))
}

// decimalValue reads the two's complement number at a scale as a DECIMAL; ok is
// false if it does not fit without rounding. A scale that is absurd never fits.
func decimalValue(unscaled []byte, scale int, t *types.Type) (v data.Value, ok bool) {
	if len(unscaled) <= 8 && scale == t.Scale() && t.Precision() <= 18 {
		n := signed(unscaled)
		most := int64(pow10[t.Precision()])
		return data.Decimal(n), -most < n && n < most
	}
	const mostDigits = 1000
	if scale > mostDigits || scale < -mostDigits || len(unscaled) > mostDigits {
		return data.Null, false
	}
	n := bigSigned(unscaled)
	if shift := t.Scale() - scale; shift >= 0 {
		n.Mul(n, types.PowerOfTen(shift))
	} else {
		var rest big.Int
		if n.QuoRem(n, types.PowerOfTen(-shift), &rest); rest.Sign() != 0 {
			return data.Null, false
		}
	}
	return data.BigDecimal(n), n.CmpAbs(types.PowerOfTen(t.Precision())) < 0
}

// signed reads at most 8 bytes as a big-endian number in two's complement; none are 0.
func signed(b []byte) int64 {
	if len(b) == 0 {
		return 0
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n
}

func bigSigned(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// appendUnscaled appends the unscaled number of a DECIMAL in the fewest bytes of
// two's complement, as Java's BigInteger.toByteArray has it.
func appendUnscaled(dst []byte, v data.Value) []byte {
	n, ok := v.Unscaled()
	if !ok {
		return appendBigUnscaled(dst, v.BigUnscaled())
	}
	size := 1
	for size < 8 && n>>(8*size-1) != 0 && n>>(8*size-1) != -1 {
		size++
	}
	for i := size - 1; i >= 0; i-- {
		dst = append(dst, byte(n>>(8*i)))
	}
	return dst
}

func appendBigUnscaled(dst []byte, n *big.Int) []byte {
	bits := n.BitLen()
	if n.Sign() < 0 {
		bits = new(big.Int).Not(n).BitLen()
	}
	size := bits/8 + 1
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(8*size)))
	}
	start := len(dst)
	dst = append(dst, make([]byte, size)...)
	n.FillBytes(dst[start:])
	return dst
}
