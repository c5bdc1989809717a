package types_test

import (
	"math"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
)

func TestDoublesAsJavaWritesThem(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", -1.5: "-1.5", 0.001: "0.001", 0.00099: "9.9E-4", 9999999: "9999999.0",
		1e7: "1.0E7", 1.2345678e7: "1.2345678E7", 1e10: "1.0E10", 2e23: "2.0E23", -3e-5: "-3.0E-5",
		5e-324: "4.9E-324", math.MaxFloat64: "1.7976931348623157E308", 2.2250738585072014e-308: "2.2250738585072014E-308",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity", math.Copysign(0, -1): "-0.0",
	} {
		if math.Signbit(f) && f == 0 {
			want = "-0.0"
		}
		if got := types.FormatDouble(f); f != 0 && got != want {
			t.Errorf("%g: got %s, want %s", f, got, want)
		}
	}
	if got := types.FormatDouble(math.NaN()); got != "NaN" {
		t.Errorf("NaN: got %s", got)
	}
	if got := types.FormatDouble(0) + " " + types.FormatDouble(math.Copysign(0, -1)); got != "0.0 -0.0" {
		t.Errorf("zeros: got %s", got)
	}
}

func TestTimestampsReadBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1970-01-01T00:00:00.000", "1969-12-31T23:59:59.999", "2020-02-29T14:10:00.120", "0001-01-01T00:00:00.000",
		"2000-03-01T00:00:00.000", "1900-02-28T12:00:00.000", "9999-12-31T23:59:59.999",
	} {
		ms, err := types.ParseTimestamp(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(types.AppendTimestamp(nil, ms)); got != text {
			t.Errorf("%s became %s", text, got)
		}
		if got := time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000"); got != text {
			t.Errorf("%s is %d ms, which is %s", text, ms, got)
		}
	}
}

func TestPartialTimestamps(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2020":                          "2020-01-01T00:00:00.000",
		"2020-02":                       "2020-02-01T00:00:00.000",
		"2020-02-28":                    "2020-02-28T00:00:00.000",
		"2020-02-28T":                   "2020-02-28T00:00:00.000",
		"2020-02-28T14":                 "2020-02-28T14:00:00.000",
		"2020-02-28T14:10":              "2020-02-28T14:10:00.000",
		"2020-02-28T14:10+0100":         "2020-02-28T13:10:00.000",
		"2020-02-28T14:10:05.1Z":        "2020-02-28T14:10:05.100",
		"2020-02-28T14:10:05.123456":    "2020-02-28T14:10:05.123",
		"2020-02-28T00:10:05.123-02:30": "2020-02-28T02:40:05.123",
	} {
		ms, err := types.ParseTimestamp(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(types.AppendTimestamp(nil, ms)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestTextThatIsNoTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "foo", "20", "2020-13", "2021-02-29", "2020-02-28 14:10", "2020-02-28T25", "2020-02-28T24:01", "2020-02-28T10:60", "2020x", "2020-02-28T14:10+1"} {
		if ms, err := types.ParseTimestamp(text); err == nil {
			t.Errorf("TIMESTAMP %q: got %d", text, ms)
		}
	}
	for _, text := range []string{"", "foo", "10", "10:60", "24:00", "10:30:05.", "10:30Z", "1:30"} {
		if ms, err := types.ParseTime(text); err == nil {
			t.Errorf("TIME %q: got %d", text, ms)
		}
	}
	if days, err := types.ParseDate("2020-02-28T10:00"); err == nil {
		t.Errorf("DATE with a time: got %d", days)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"10:30": "10:30", "10:30:00": "10:30", "10:30:05": "10:30:05", "00:00:01.999": "00:00:01"} {
		ms, err := types.ParseTime(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(types.AppendTime(nil, ms)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestDecimalsOfText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1": "1", "-1.50": "-1.50", "+.5": "0.5", "7.": "7", "12e3": "12000", "1.5E+1": "15", "5e-3": "0.005",
	} {
		if d, err := types.ParseDecimal(text); err != nil || d.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"", ".", "e5", "1e", "1e5x", "1e 5", "1e5e5", "1e0x5", "1_0", "0x1", "--1", "1.-5", "1e9999999"} {
		if d, err := types.ParseDecimal(text); err == nil {
			t.Errorf("%q: got %s", text, d)
		}
	}
}
