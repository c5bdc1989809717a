package functions

import (
	"errors"
	"strconv"
	"sync"
	"testing"
)

// TestMemo checks what is built once, what is built again, and that errors are not remembered.
func TestMemo(t *testing.T) {
	t.Parallel()
	built := 0
	m := newMemo(func(text string) (int, error) {
		built++
		if text == "bad" {
			return 0, errors.New("bad")
		}
		return len(text), nil
	})
	for _, text := range []string{"a", "a", "bb", "a", "bb", "bad", "bad"} {
		if n, err := m.of(text); (err != nil) != (text == "bad") || err == nil && n != len(text) {
			t.Errorf("%s is %d (%v)", text, n, err)
		}
	}
	if built != 4 {
		t.Errorf("built %d times, want 4", built)
	}
	for i := range 3 * fewTexts {
		if _, err := m.of(strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(*m.few.Load()); n > fewTexts+1 {
		t.Errorf("%d texts are remembered", n)
	}
}

// TestMemoShared checks a memo that goroutines share.
func TestMemoShared(t *testing.T) {
	t.Parallel()
	m := newMemo(strconv.Atoi)
	var goroutines sync.WaitGroup
	for range 4 {
		goroutines.Go(func() {
			for i := range 1000 {
				if n, err := m.of(strconv.Itoa(i % 10)); err != nil || n != i%10 {
					t.Errorf("%d is %d (%v)", i%10, n, err)
				}
			}
		})
	}
	goroutines.Wait()
}
