package tests

import (
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// TestExamples runs testdata/examples.ddt: all examples as their README.md says,
// on `ksqlite broker` and on an Apache Kafka. The command run gives its lines to
// a shell, where $BROKER is the cluster's address.
//
// What is random or a matter of timing is evened out: see even.
func TestExamples(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		runExamples(t, startBroker(t))
	})
	t.Run("apache", func(t *testing.T) {
		t.Parallel()
		if flag.Lookup("rewrite").Value.String() == "true" {
			t.Skip("the embedded broker's answers are being written down")
		}
		programs(t)
		runExamples(t, apache.Run(t, apache.Options{}).Addr(apache.Plaintext))
	})
}

func runExamples(t *testing.T, broker string) {
	t.Helper()
	datadriven.RunTest(t, "testdata/examples.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		out, err := shell(t, d.Input, "BROKER="+broker)
		if err != nil {
			out += err.Error() + "\n"
		}
		return even(out)
	})
}

var (
	uuids   = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	padding = regexp.MustCompile(` +\|`)
	borders = regexp.MustCompile(`-{2,}`)
)

// even makes an output the same each time: UUIDs become UUID, rows that follow
// one another are sorted, since those of several partitions come in no order, and
// columns lose their width, which is that of the first rows.
func even(output string) string {
	output = uuids.ReplaceAllString(output, "UUID")
	output = padding.ReplaceAllString(output, "|")
	output = borders.ReplaceAllString(output, "-")
	lines := strings.SplitAfter(output, "\n")
	for first := 0; first < len(lines); {
		end := first + 1
		for end < len(lines) && isRow(lines[first]) && isRow(lines[end]) {
			end++
		}
		slices.Sort(lines[first:end])
		first = end
	}
	return strings.Join(lines, "")
}

// isRow reports whether a line is a row of a table or a record of a consumer.
func isRow(line string) bool {
	return strings.HasPrefix(line, "|") || strings.HasPrefix(line, "partition ")
}
