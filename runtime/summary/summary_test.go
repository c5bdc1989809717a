package summary_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/summary"
)

func columnOf(t *types.Type, values ...data.Value) *summary.Column {
	columns := summary.NewColumns([]types.Column{{Name: "C", Type: t}})
	for _, v := range values {
		columns.Add(0, []data.Value{v})
	}
	return columns.All()[0]
}

// Of many different values the number is estimated, and those that are really frequent are found, with
// bounds that hold.
func TestManyValues(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	columns := summary.NewColumns([]types.Column{{Name: "C", Type: types.Bigint}})
	counts := map[int64]int64{}
	for range 200_000 {
		n := random.Int64N(50_000) + 1000
		if random.IntN(10) == 0 {
			n = random.Int64N(3) // each one in thirty
		}
		counts[n]++
		columns.Add(0, []data.Value{data.Bigint(n)})
	}
	c := columns.All()[0]
	distinct, exact := c.Distinct()
	if share := float64(distinct) / float64(len(counts)); exact || share < 0.97 || share > 1.03 {
		t.Errorf("%d different values, exact: %v, want about %d", distinct, exact, len(counts))
	}
	top := c.Frequent(3)
	for _, f := range top {
		n, err := strconv.ParseInt(f.Text, 10, 64)
		if err != nil || n > 2 || counts[n] < f.Count || counts[n] > f.AtMost {
			t.Errorf("%+v came %d times", f, counts[n])
		}
	}
	if least, most, ok := c.Extremes(); !ok || least != "0" || len(most) != 5 || c.Count != 200_000 {
		t.Errorf("%s to %s, %d values", least, most, c.Count)
	}
}

// As long as there are few different values, everything is exact.
func TestFewValues(t *testing.T) {
	t.Parallel()
	values := []data.Value{data.Null}
	for n := range 1000 {
		for range 1 + n%3 {
			values = append(values, data.String(fmt.Sprintf("v%03d", n)))
		}
	}
	c := columnOf(types.String, values...)
	if n, exact := c.Distinct(); n != 1000 || !exact || c.Nulls != 1 {
		t.Errorf("%d different values, exact: %v, %d NULLs", n, exact, c.Nulls)
	}
	if top := fmt.Sprint(c.Frequent(2)); top != "[{v002 3 3} {v005 3 3}]" {
		t.Error(top)
	}
}

// Long texts are told apart by all of them, and kept in part.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1000)
	c := columnOf(types.String, data.String(long+"a"), data.String(long+"b"), data.String(long+"a"))
	n, _ := c.Distinct()
	top := c.Frequent(2)
	if n != 2 || top[0].Count != 2 || top[1].Count != 1 || len(top[0].Text) > 300 || !strings.HasSuffix(top[0].Text, "é…") {
		t.Errorf("%d different values, %v", n, top)
	}
}

// What is added may be overwritten: nothing of it is kept.
func TestValuesAreCopied(t *testing.T) {
	t.Parallel()
	columns := summary.NewColumns([]types.Column{{Name: "C", Type: types.String}})
	buffer := []byte("before")
	columns.Add(0, []data.Value{data.StringBytes(buffer)})
	copy(buffer, "after!")
	c := columns.All()[0]
	if least, _, _ := c.Extremes(); least != "before" || c.Frequent(1)[0].Text != "before" {
		t.Errorf("least %s, most frequent %v", least, c.Frequent(1))
	}
}

func TestTopic(t *testing.T) {
	t.Parallel()
	topic := summary.NewTopic()
	if topic.Skew() != 0 {
		t.Error("an empty topic is skewed")
	}
	a, b := topic.AddPartition("t", 0, 0, 4), topic.AddPartition("t", 1, 0, 1)
	for _, at := range []int64{5, 9, 2, 9} {
		topic.Add(a, []byte("k"), []byte("value"))
		topic.AddTime(a, at)
	}
	topic.Add(b, nil, nil)
	topic.AddTime(b, 1) // its own partition's first, so not late
	got := fmt.Sprint(topic.Records, topic.NullKeys, topic.Tombstones, topic.KeyBytes, topic.ValueBytes, topic.Largest,
		topic.First, topic.Last, topic.Late, topic.Lateness, topic.Skew())
	if want := "5 1 1 4 20 6 1 9 1 7 1.6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func BenchmarkColumns(b *testing.B) {
	columns := summary.NewColumns([]types.Column{{Name: "ID", Type: types.Bigint}, {Name: "NAME", Type: types.String}})
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		columns.Add(0, []data.Value{data.Bigint(random.Int64()), data.String("a name")})
	}
}
