package eval

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// TestDecimalsAgainstFractions compares arithmetic on random DECIMALs, many of
// them at the edge of 64 bits, with that on fractions.
func TestDecimalsAgainstFractions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		a, b := unscaled(random), unscaled(random)
		s1, s2 := random.IntN(25), random.IntN(25)
		for _, op := range []ast.Op{ast.Plus, ast.Minus, ast.Multiply, ast.Divide, ast.Modulo} {
			scale := map[ast.Op]int{ast.Multiply: s1 + s2, ast.Divide: max(6, s1+s2+30)}[op]
			if op != ast.Multiply && op != ast.Divide {
				scale = max(s1, s2)
			}
			got, err := decimalOperation(op, s1, s2, scale)(data.BigDecimal(a), data.BigDecimal(b))
			want, wantErr := exactly(op, fraction(a, s1), fraction(b, s2), scale)
			if !errors.Is(err, wantErr) {
				t.Fatalf("%de-%d %s %de-%d: error %v, want %v", a, s1, op, b, s2, err, wantErr)
			}
			if err == nil && fraction(got.BigUnscaled(), scale).Cmp(want) != 0 {
				t.Fatalf("%de-%d %s %de-%d = %de-%d, want %s", a, s1, op, b, s2, got.BigUnscaled(), scale, want)
			}
		}
	}
}

func unscaled(random *rand.Rand) *big.Int {
	edges := []int64{0, 1, -1, 10, math.MaxInt64, math.MinInt64, math.MaxInt32, 1e18, -1e18, random.Int64(), -random.Int64(), random.Int64N(1000)}
	i := big.NewInt(edges[random.IntN(len(edges))])
	if random.IntN(8) == 0 {
		i.Mul(i, big.NewInt(random.Int64()))
	}
	return i
}

func fraction(unscaled *big.Int, scale int) *big.Rat {
	return new(big.Rat).SetFrac(unscaled, types.PowerOfTen(scale))
}

// exactly computes a op b, or the error that it gives at a scale.
func exactly(op ast.Op, a, b *big.Rat, scale int) (*big.Rat, error) {
	result := new(big.Rat)
	switch op {
	case ast.Plus:
		return result.Add(a, b), nil
	case ast.Minus:
		return result.Sub(a, b), nil
	case ast.Multiply:
		return result.Mul(a, b), nil
	}
	if b.Sign() == 0 {
		return nil, errDivideByZero
	}
	result.Quo(a, b)
	if op == ast.Modulo {
		whole := new(big.Int).Quo(result.Num(), result.Denom())
		return new(big.Rat).Sub(a, new(big.Rat).Mul(b, new(big.Rat).SetInt(whole))), nil
	}
	if !new(big.Rat).Mul(result, new(big.Rat).SetInt(types.PowerOfTen(scale))).IsInt() {
		return nil, errInexact
	}
	return result, nil
}

func TestRescaleAgainstFit(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		number, from := unscaled(random), random.IntN(22)
		scale := random.IntN(20)
		to := types.DecimalOf(scale+1+random.IntN(20), scale)
		got, err := rescale(data.BigDecimal(number), from, to, powerOfTen(to.Precision()))
		want, wantErr := types.Decimal{Unscaled: number, Scale: from}.Fit(to)
		if (err == nil) != (wantErr == nil) || err == nil && got.BigUnscaled().Cmp(want.Unscaled) != 0 {
			t.Fatalf("%de-%d as %s: got %v, %v, want %v, %v", number, from, to, got.BigUnscaled(), err, want, wantErr)
		}
	}
}

func TestDecimalsToDoubles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		number, scale := unscaled(random), random.IntN(25)
		want := types.Decimal{Unscaled: number, Scale: scale}.Float64()
		if got := doubleOf(data.BigDecimal(number), scale); got != want {
			t.Fatalf("%de-%d: got %g, want %g", number, scale, got, want)
		}
	}
}
