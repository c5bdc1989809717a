package types_test

import (
	"math"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
)

func TestFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text             string
		precision, scale int
		want             string
	}{
		{"0.99", 2, 1, "1.0"},
		{"0.05", 2, 1, "0.1"},
		{"-0.05", 2, 1, "-0.1"},
		{"-0.049", 2, 1, "0.0"},
		{"9.94", 2, 1, "9.9"},
		{"9.95", 2, 1, "Numeric field overflow: A field with precision 2 and scale 1 must round to an absolute value less than 10^1. Got 9.95"},
		{"1e2", 5, 2, "100.00"},
		{"0", 2, 2, "0.00"},
		{"0e9", 2, 2, "0.00"},
		{"0.09", 2, 0, "0"},
		{"0.5", 2, 0, "1"},
		{"9e-900000", 2, 0, "0"},
		{"1e900000", 2, 1, "Numeric field overflow: A field with precision 2 and scale 1 must round to an absolute value less than 10^1. Got 1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000..."},
	} {
		d, err := types.ParseDecimal(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		fitted, err := d.Fit(types.DecimalOf(tt.precision, tt.scale))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = fitted.String()
		}
		if got != tt.want {
			t.Errorf("%s as DECIMAL(%d, %d): got %s, want %s", tt.text, tt.precision, tt.scale, got, tt.want)
		}
	}
}

func TestDoublesAndDecimals(t *testing.T) {
	t.Parallel()
	for _, f := range []float64{0, 0.1, -1.5, 1e300, 5e-324, 123456789.125} {
		d, err := types.DecimalOfDouble(f)
		if err != nil || d.Float64() != f {
			t.Errorf("%g became %v, %v", f, d, err)
		}
	}
	if d, err := types.DecimalOfDouble(math.NaN()); err == nil {
		t.Errorf("NaN became %v", d)
	}
}
