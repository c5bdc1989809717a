package embedded

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestHandler talks with handlers, one a file. The commands are methods of HTTP with a
// path; their input is the body. A body of "avro", "json" or "protobuf" in the first line
// has the text of a schema behind it, and in lines "reference NAME SUBJECT VERSION"
// what it refers to.
func TestHandler(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		h := NewHandler(New(&registry.Memory{}))
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			w := httptest.NewRecorder()
			target := d.CmdArgs[0].String()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), strings.ToUpper(d.Cmd), target, strings.NewReader(body(d.Input))))
			return fmt.Sprintf("%d %s\n", w.Code, strings.TrimSpace(w.Body.String()))
		})
	})
}

// body makes the JSON of a request.
func body(input string) string {
	kind, text, _ := strings.Cut(input, "\n")
	if !strings.Contains(" avro json protobuf ", " "+kind+" ") || kind == "" {
		return input
	}
	var references []string
	for strings.HasPrefix(text, "reference ") {
		var name, subject string
		var version int
		line, rest, _ := strings.Cut(text, "\n")
		if _, err := fmt.Sscanf(line, "reference %s %s %d", &name, &subject, &version); err != nil {
			return err.Error()
		}
		references = append(references, fmt.Sprintf(`{"name":%q,"subject":%q,"version":%d}`, name, subject, version))
		text = rest
	}
	return fmt.Sprintf(`{"schemaType":%q,"schema":%q,"references":[%s]}`, strings.ToUpper(kind), text, strings.Join(references, ","))
}
