package catalog_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
)

func TestTopicPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, topic string
		want           bool
	}{
		{"orders-.*", "orders-eu", true},
		{"orders-.*", "old-orders-eu", false},
		{"a|b", "ab", false}, // the whole pattern is anchored, not its first and last branch
		{"(?i)orders", "ORDERS", true},
		{".*", "_schemas", false},
		{"_.*", "__consumer_offsets", false},
		{".*|_audit", "_audit", true},
		{".*|_audit", "_audits", false},
	} {
		matches, err := catalog.TopicPattern(c.pattern).Compile()
		if err != nil {
			t.Fatal(err)
		}
		if got := matches(c.topic); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.topic, got)
		}
	}
}
