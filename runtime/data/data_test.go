package data_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// What an arena has handed out never overlaps, whatever the sizes, and a reset
// makes it hand out the same memory again.
func TestArenaKeepsSlicesApart(t *testing.T) {
	t.Parallel()
	var arena data.Arena
	sizes := []int{0, 1, 7, 4095, 4096, 4097, 3, 10_000, 1}
	for range 3 {
		var texts [][]byte
		var rows [][]data.Value
		for i, n := range sizes {
			text, row := arena.Bytes(n), arena.Values(n)
			for j := range n {
				text[j], row[j] = byte(i), data.Bigint(int64(i))
			}
			texts, rows = append(texts, text), append(rows, row)
		}
		for i, n := range sizes {
			if len(texts[i]) != n || cap(texts[i]) != n || len(rows[i]) != n || cap(rows[i]) != n {
				t.Errorf("slice %d is not of length and capacity %d", i, n)
			}
			for j := range n {
				if texts[i][j] != byte(i) || rows[i][j].Int64() != int64(i) {
					t.Fatalf("slice %d was overwritten", i)
				}
			}
		}
		arena.Reset()
	}
}

func TestArenaAllocatesNothingAnew(t *testing.T) {
	var arena data.Arena
	use := func() {
		arena.Reset()
		for range 1000 {
			arena.Values(17)
			arena.Bytes(100)
			arena.Entries(3)
		}
	}
	use()
	if n := testing.AllocsPerRun(10, use); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func entry(key string, value int32) data.Entry {
	return data.Entry{Key: data.String(key), Value: data.Int(value)}
}

func TestMapsAreSortedAndTheLastOfEqualKeysCounts(t *testing.T) {
	t.Parallel()
	m := data.Map([]data.Entry{entry("b", 1), entry("a", 2), entry("b", 3), entry("", 4)})
	want := []data.Entry{entry("", 4), entry("a", 2), entry("b", 3)}
	if !slices.EqualFunc(m.Entries(), want, func(a, b data.Entry) bool {
		return data.Equal(a.Key, b.Key) && data.Equal(a.Value, b.Value)
	}) {
		t.Errorf("got %v", m.Entries())
	}
	if m.Len() != 3 || m.Lookup(data.String("b")).Int64() != 3 || !m.Lookup(data.String("c")).IsNull() {
		t.Errorf("%d entries, b is %v", m.Len(), m.Lookup(data.String("b")))
	}
	if empty := data.Map(nil); empty.Len() != 0 || !empty.Lookup(data.Null).IsNull() {
		t.Error("an empty map is not empty")
	}
}

// Each list is in the order of Compare; NULL comes before everything.
func TestOrder(t *testing.T) {
	t.Parallel()
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	for _, ordered := range [][]data.Value{
		{data.Null, data.Boolean(false), data.Boolean(true)},
		{data.Null, data.Int(math.MinInt32), data.Int(-1), data.Int(0), data.Int(math.MaxInt32)},
		{data.Null, data.Double(math.NaN()), data.Double(math.Inf(-1)), data.Double(-0.5), data.Double(2), data.Double(math.Inf(1))},
		{
			data.Null, data.BigDecimal(new(big.Int).Neg(huge)), data.Decimal(math.MinInt64), data.Decimal(5),
			data.Decimal(math.MaxInt64), data.BigDecimal(huge),
		},
		{data.Null, data.String(""), data.String("A"), data.String("a"), data.String("aa"), data.String("é")},
		{data.Null, data.Bytes(nil), data.Bytes([]byte{1}), data.Bytes([]byte{1, 0}), data.Bytes([]byte{255})},
		{
			data.Null, data.Array(nil), data.Array([]data.Value{data.Null}), data.Array([]data.Value{data.Int(1)}),
			data.Array([]data.Value{data.Int(1), data.Int(0)}), data.Array([]data.Value{data.Int(2)}),
		},
	} {
		for i, a := range ordered {
			for j, b := range ordered {
				if got, want := data.Compare(a, b), sign(i-j); got != want {
					t.Errorf("%v: value %d against value %d is %d", a.Kind(), i, j, got)
				}
			}
		}
	}
}

func sign(i int) int { return max(-1, min(1, i)) }

// A clone shares no memory with what it is a clone of.
func TestClonesStandAlone(t *testing.T) {
	t.Parallel()
	text, raw := []byte("text"), []byte("raw")
	elems := []data.Value{data.StringBytes(text), data.Bytes(raw), data.Null}
	row := data.Row{
		data.StringBytes(text), data.Bytes(raw), data.Array(elems), data.Struct(elems),
		data.Map([]data.Entry{{Key: data.StringBytes(text), Value: data.Array(elems)}}), data.Int(1), data.Null,
	}
	record := data.Record{Key: row, Value: row, Time: 7}
	want := describe(row)
	clone := record.Clone()
	copy(text, "TEXT")
	copy(raw, "RAW")
	clear(elems)
	clear(row)
	if got := describe(clone.Key) + describe(clone.Value); got != want+want || clone.Time != 7 {
		t.Errorf("the clone became %s", got)
	}
	if clone.Old != nil {
		t.Error("a row that was not there is there now")
	}
}

// describe writes a row of TestClonesStandAlone as text.
func describe(row data.Row) string {
	list := types.StructOf(types.Field{Name: "A", Type: types.String}, types.Field{Name: "B", Type: types.Bytes}, types.Field{Name: "C", Type: types.Int})
	array := types.ArrayOf(types.String)
	kinds := []*types.Type{types.String, types.Bytes, array, list, types.MapOf(types.String, array), types.Int, types.Int}
	var text []byte
	for i, v := range row {
		text = append(data.AppendText(text, v, kinds[i]), ' ')
	}
	return string(text)
}

// The short way of writing a DECIMAL agrees with the long one.
func TestDecimalsAsText(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	numbers := []int64{0, 1, -1, 10, -100, math.MaxInt64, math.MinInt64}
	for range 1000 {
		numbers = append(numbers, int64(random.Uint64()>>random.UintN(64)), -int64(random.Uint64()>>(1+random.UintN(63))))
	}
	for _, n := range numbers {
		for scale := range 25 {
			got := string(data.AppendDecimal(nil, data.Decimal(n), scale))
			if want := types.FormatDecimal(big.NewInt(n).String(), scale); got != want {
				t.Fatalf("%d of scale %d: got %s, want %s", n, scale, got, want)
			}
		}
	}
}

// What is handed out after a mark is handed out again after going back to it, and nothing before.
func TestArenaRewinds(t *testing.T) {
	t.Parallel()
	var arena data.Arena
	random := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		arena.Reset()
		before := arena.Values(1 + random.IntN(6000))
		before[0], before[len(before)-1] = data.Int(1), data.Int(2)
		mark := arena.Mark()
		var first *data.Value
		for round := range 3 {
			size := 1 + random.IntN(100)
			if round == 0 {
				size = 3000
			}
			for i := range 10 {
				after := arena.Values(size)
				if i == 0 && first == nil {
					first = &after[0]
				}
				clear(after)
			}
			arena.Rewind(mark)
		}
		if before[0].Int64() != 1 || before[len(before)-1].Int64() != 2 {
			t.Fatal("what was handed out before the mark has been handed out again")
		}
		if got := arena.Values(3000); &got[0] != first {
			t.Fatal("what was handed out after the mark is not handed out again")
		}
	}
}

// An arena that was large once does not stay so, and one that is needed does not shrink.
func TestArenaGivesBack(t *testing.T) {
	t.Parallel()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var arena data.Arena
	before := heap()
	arena.Bytes(50 << 20)
	for range 1 << 12 {
		arena.Bytes(10 << 10)
	}
	for range 200 {
		arena.Reset()
		arena.Bytes(100)
	}
	if now := heap(); now > before+10<<20 {
		t.Errorf("%d MB are still there", (now-before)>>20)
	}
	runtime.KeepAlive(arena)
}
