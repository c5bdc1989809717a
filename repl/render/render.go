package render

import (
	"bufio"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Rows shows the rows of one query. It writes to a buffer that the pace
// flushes; errors of writing are met there.
type Rows interface {
	// Begin comes first. Everything is written to out.
	Begin(out *bufio.Writer, id string, columns []types.Column)
	// Row is called for each row, whose values are valid until it returns.
	Row(query.Row)
	// Idle says that nothing more has come for a moment: what is held back is
	// to be shown now.
	Idle()
	// End comes last.
	End()
}

// Paper is what text is laid out for.
type Paper struct {
	// Width is how long rules and messages may be in cells; 0 is no limit.
	Width int
	// Terminal escapes what could drive it; a file gets statements as they are.
	Terminal bool
	// Barred says that a bar below tells that a query runs, so its header may wait for the first
	// row: before, nobody knows how wide the columns have to be.
	Barred bool
	// Push says that the query goes on until it is stopped: on barred paper it needs no header if
	// no row has come by then.
	Push bool
}

// NewRows returns what writes the rows of one query as the settings say.
func NewRows(settings Settings, on Paper) Rows {
	switch settings.Format {
	case JSON:
		return &jsonRows{}
	case JSONL:
		return &jsonLines{}
	case CSV, TSV:
		return newSeparatedRows(settings, on)
	case Vertical:
		return &verticalRows{settings: settings, terminal: on.Width}
	case Tabular:
	}
	return &table{settings: settings, terminal: on.Width, barred: on.Barred, push: on.Push}
}

// WriteEntity writes the answer of a statement that is not a query as the settings say. It returns what is
// no row where the format is one of rows alone, to be written elsewhere. Errors of writing are kept by w.
func WriteEntity(w *bufio.Writer, e exec.Entity, settings Settings, on Paper) (beside []exec.Block, err error) {
	switch settings.Format {
	case JSON:
		return nil, writeJSON(w, e, "  ")
	case JSONL:
		return nil, writeJSON(w, e, "")
	case CSV, TSV:
		separated := newSeparatedRows(settings, on)
		separated.out = w
		return separated.entity(e), nil
	case Tabular, Vertical:
		fmt.Fprintln(w)
		WriteBlocks(w, e.Blocks(), on)
	}
	return nil, nil
}
