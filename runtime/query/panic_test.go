package query_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// breaking makes whatever reports the first bad record panic, and keeps what is told of it.
type breaking struct {
	broken atomic.Bool
	stack  atomic.Bool // the log has the stack
}

func (b *breaking) log() proclog.Log {
	return proclog.Func(func(e proclog.Event) {
		if e.Kind == proclog.Deserialization && !b.broken.Swap(true) {
			panic("broken")
		}
		for err := e.Err; err != nil; {
			b.stack.Store(b.stack.Load() || strings.Contains(err.Error(), "panic_test.go"))
			wrapper, ok := err.(interface{ Unwrap() error })
			if !ok {
				break
			}
			err = wrapper.Unwrap()
		}
	})
}

// A panic is a failure of a persistent query, which then begins again, and of nothing else.
func TestPanicsAreFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var b breaking
	w.runtime.Log = b.log()
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	w.push("s", pushed(0, 10)+"@10 a {\n"+pushed(10, 20))
	start(t, w, p, true)
	await(t, w, "O", 20)
	if !b.broken.Load() || !b.stack.Load() {
		t.Errorf("there was a panic: %t; its stack was told: %t", b.broken.Load(), b.stack.Load())
	}
}

// It ends a query that somebody reads.
func TestPanicsEndTransientQueries(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"SELECT * FROM s EMIT CHANGES;", "SELECT * FROM s;"} {
		w := newWorld(t)
		var b breaking
		w.runtime.Log = b.log()
		w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
		w.push("s", "@10 a {\n")
		got := w.query(text, query.Options{ID: "q"})
		const want = "K STRING | N INTEGER\nstopped\ninternal error: broken: please report it\n"
		if got != want || !b.stack.Load() {
			t.Errorf("%s gives\n%swant\n%sstack told: %t", text, got, want, b.stack.Load())
		}
	}
}
