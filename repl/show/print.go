package show

import (
	"bufio"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// lineForm is how the lines of a PRINT look: as they are, for people; for programs each record is a row, and what
// is said of formats, and warnings, stand beside.
type lineForm struct {
	rows   render.Rows // nil for people
	beside func(text string)
}

func (p *Printer) newLineForm() lineForm {
	if p.Settings.Format.Readable() {
		return lineForm{}
	}
	return lineForm{render.NewRows(p.Settings, render.Paper{Terminal: p.Console.Terminal}), p.noteAsIs}
}

func (f lineForm) begin(out *bufio.Writer) {
	if f.rows != nil {
		f.rows.Begin(out, "", exec.PrintColumns())
	}
}

func (f lineForm) idle() {
	if f.rows != nil {
		f.rows.Idle()
	}
}

// write writes the line that was found last.
func (f lineForm) write(out *bufio.Writer, lines exec.Lines) {
	switch record := lines.Record(); {
	case f.rows == nil:
		out.WriteString(cells.Escaped(lines.Line()) + "\n")
	case record != nil:
		f.rows.Row(query.Row{Values: record.Row()})
	default:
		f.beside(cells.Escaped(lines.Line()))
	}
}
