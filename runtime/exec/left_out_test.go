package exec_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

// What is not executed since the context is done is told, in scripts that scripts run too, and without secrets.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.scripts = map[string]string{"inner.sql": "SHOW TYPES; SHOW\nVARIABLES; SHOW TOPICS;"}
	for script, want := range map[string]string{
		"SHOW TYPES;":                                          "",
		"SHOW TYPES; DEFINE password = 'x';":                   "1 statement was left out: DEFINE password = '*';",
		"RUN SCRIPT 'inner.sql'; SHOW ALL TOPICS; SHOW TYPES;": "4 statements were left out, the first of them: SHOW VARIABLES;",
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		cause := errors.New("Ctrl-C")
		var last error
		results := 0
		for _, last = range h.engine.NewSession().Script(ctx, script) {
			if last == nil {
				results++
			}
			cancel(cause)
		}
		left, ok := errors.AsType[*exec.LeftOutError](last)
		if ok != (want != "") || ok && (left.Told() != want || left.Error() != "Ctrl-C: "+want || !errors.Is(last, cause)) || results != 1 {
			t.Errorf("%s: %d results, %v", script, results, last)
		}
	}
}
