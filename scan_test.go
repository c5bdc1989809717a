package ksqlite_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite"
)

type person struct {
	Name  string
	Years *int64 `ksql:"AGE"`
	Other string
}

// TestScan stores the value of each column in the variables that it fits, and
// refuses those that it does not.
func TestScan(t *testing.T) {
	t.Parallel()
	first := true
	scanned(t, func(row ksqlite.Row) {
		if !first {
			return
		}
		first = false
		for _, c := range []struct {
			column string
			dest   any
			want   any // nil is a refusal
		}{
			{"B", new(bool), true},
			{"B", new(string), "true"},
			{"B", new(int), nil},
			{"I", new(int), -7},
			{"I", new(int8), int8(-7)},
			{"I", new(uint), nil},
			{"I", new(float64), -7.0},
			{"I", new(time.Duration), nil},
			{"L", new(int64), int64(9223372036854775807)},
			{"L", new(uint64), uint64(9223372036854775807)},
			{"L", new(int32), nil},
			{"D", new(float32), float32(1.5)},
			{"D", new(int), nil},
			{"N", new(float64), 12.3},
			{"N", new(string), "12.30"},
			{"N", new(int), nil},
			{"S", new(string), "text"},
			{"S", new([]byte), []byte("text")},
			{"S", new(any), any("text")},
			{"S", new(time.Time), nil},
			{"S", new(sql.NullString), sql.NullString{String: "text", Valid: true}},
			{"I", new(sql.NullInt64), sql.NullInt64{Int64: -7, Valid: true}},
			{"Y", new([]byte), []byte("abc")},
			{"Y", new(string), "YWJj"},
			{"DA", new(time.Time), time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)},
			{"TI", new(time.Duration), 10*time.Hour + 30*time.Minute + 5*time.Second},
			{"TI", new(time.Time), nil},
			{"TS", new(time.Time), time.Date(2020, 2, 29, 10, 30, 5, 0, time.UTC)},
			{"A", new([]*int), []*int{new(1), nil}},
			{"A", new([]int), nil}, // it holds a NULL
			{"A", new(string), "[1, null]"},
			{"M", new(map[string]float64), map[string]float64{"x": 1}},
			{"M", new(map[string]any), map[string]any{"x": 1.0}},
			{"R", new(map[string]any), map[string]any{"NAME": "Ann", "AGE": int32(41)}},
			{"R", new(person), person{Name: "Ann", Years: new(int64(41))}},
			{"R", new(*person), &person{Name: "Ann", Years: new(int64(41))}},
			{"R", new([]int), nil},
			{"R", new(chan int), nil},
			{"R", person{}, nil},
			{"R", (*person)(nil), nil},
		} {
			err := row.Named(c.column).Scan(c.dest)
			if (err == nil) != (c.want != nil) {
				t.Errorf("%s into %T: %v", c.column, c.dest, err)
				continue
			}
			if err != nil {
				continue
			}
			if got := reflect.ValueOf(c.dest).Elem().Interface(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s into %T: %#v, want %#v", c.column, c.dest, got, c.want)
			}
		}
		d, err := ksqlite.As[ksqlite.Decimal](row.Named("N"))
		if err != nil || d.String() != "12.30" {
			t.Errorf("N as Decimal: %v, %v", d, err)
		}
	})
}

// TestScanNull holds which variables take a NULL.
func TestScanNull(t *testing.T) {
	t.Parallel()
	scanned(t, func(row ksqlite.Row) {
		if !row.Named("I").IsNull() {
			return
		}
		for _, dest := range []any{new(*int), new([]int), new(map[string]int), new(any), new(sql.NullInt64)} {
			if err := row.Named("I").Scan(dest); err != nil || !reflect.ValueOf(dest).Elem().IsZero() {
				t.Errorf("NULL into %T: %v", dest, err)
			}
		}
		for _, dest := range []any{new(int), new(string), new(person), new(time.Time)} {
			if err := row.Named("I").Scan(dest); !errors.Is(err, ksqlite.ErrNull) {
				t.Errorf("NULL into %T: %v", dest, err)
			}
		}
		if err := row.Scan(new(string)); err == nil {
			t.Error("a row of 14 columns fits one variable")
		}
		if v := row.Named("NO_SUCH_COLUMN"); !v.IsNull() || v.String() != "null" {
			t.Errorf("a column that is not there is %s", v)
		}
	})
}

func TestValueAsJSON(t *testing.T) {
	t.Parallel()
	first := true
	scanned(t, func(row ksqlite.Row) {
		if !first {
			return
		}
		first = false
		got, err := json.Marshal(map[string]any{"l": row.Named("L"), "n": row.Named("N"), "r": row.Named("R")})
		if want := `{"l":9223372036854775807,"n":12.30,"r":{"NAME":"Ann","AGE":41}}`; err != nil || string(got) != want {
			t.Errorf("%s, %v", got, err)
		}
	})
}
