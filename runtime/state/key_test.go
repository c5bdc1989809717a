package state_test

import (
	"errors"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// A key is read as it was put together, and one that is cut off anywhere is damaged.
func TestPartsOfKeys(t *testing.T) {
	t.Parallel()
	key := append(state.Key{}.Time(-5), 1).Bytes([]byte("abc")).Time(7)
	for n := range len(key) + 1 {
		parts := append(key[:n:n], tail(n == len(key))...).Parts()
		before, side, name, after := parts.Time(), parts.Byte(), parts.Bytes(), parts.Time()
		if n < len(key) {
			if err := parts.Err(); !errors.Is(err, state.ErrDamaged) {
				t.Errorf("the first %d bytes of %d: %v", n, len(key), err)
			}
			continue
		}
		if err := parts.Err(); err != nil || before != -5 || side != 1 || string(name) != "abc" || after != 7 || string(parts.Rest()) != "rest" {
			t.Errorf("%d %d %s %d %s, %v", before, side, name, after, parts.Rest(), err)
		}
	}
	long := state.Key("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").Parts() // a length that is no int
	if long.Bytes(); long.Err() == nil {
		t.Error("a length beyond all bytes is not damaged")
	}
}

func tail(whole bool) string {
	if whole {
		return "rest"
	}
	return ""
}
