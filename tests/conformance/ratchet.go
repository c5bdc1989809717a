package conformance

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Expected is the list of cases that are known to fail, by their keys, with the
// reason of each. A case that fails and is not listed is a step back; one that is
// listed and passes has to leave the list, so that the list only shrinks.
type Expected map[string]string

// ReadExpected reads a list: a line for each case, key and reason with a tab between.
func ReadExpected(r io.Reader) (Expected, error) {
	list := Expected{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		key, reason, ok := strings.Cut(lines.Text(), "\t")
		if !ok || reason == "" {
			return nil, fmt.Errorf("reading the expected failures: no reason in %q", lines.Text())
		}
		list[key] = reason
	}
	return list, lines.Err()
}

// WriteTo writes the list, sorted.
func (e Expected) WriteTo(w io.Writer) (n int64, err error) {
	for _, key := range slices.Sorted(maps.Keys(e)) {
		m, err := fmt.Fprintf(w, "%s\t%s\n", key, e[key])
		n += int64(m)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Check says what is wrong with an outcome, given the list; nil if it is as expected.
func (e Expected) Check(c *Case, o Outcome) error {
	_, listed := e[c.Key]
	switch {
	case o.Status == Pass && listed:
		return fmt.Errorf("%s passes and is to leave the list of expected failures", c.Key)
	case o.Status != Pass && !listed:
		return fmt.Errorf("%s fails: %s", c.Key, o.Reason)
	}
	return nil
}

// Unknown returns the keys of the list that are no case's.
func (e Expected) Unknown(cases []*Case) (keys []string) {
	known := map[string]bool{}
	for _, c := range cases {
		known[c.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(e)) {
		if !known[key] {
			keys = append(keys, key)
		}
	}
	return keys
}
