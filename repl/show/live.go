package show

import (
	"context"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// lively reports whether the rows of a query are to be shown in place: where the user
// wants it, the rows have keys, and there is a screen to draw on.
func (p *Printer) lively(rows query.Rows) bool {
	if !p.Settings.Live.On || p.Settings.Format != render.Tabular || p.Bar == nil || !p.Console.Terminal || p.Console.Height == nil {
		return false
	}
	return rows.Key() != nil && p.Console.LineWidth() > 0 && p.Console.Height() >= liveHeight
}

// live shows the current rows of a query in place until it ends, and then once more as
// ordinary text.
func (p *Printer) live(ctx context.Context, rows query.Rows) error {
	defer rows.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	size := func() (width, height int) { return p.Console.LineWidth(), p.Console.Height() }
	table := render.NewLiveTable(rows, p.Settings)
	screen := &liveScreen{terminal: p.Bar.Screen(), size: size, color: p.Console.Color, table: table}
	if warning := table.Warning(); warning != "" {
		p.warn([]string{warning})
		screen.told = warning // which hides what was written before
	}
	screen.start()
	if p.Jobs != nil {
		defer p.Jobs.Seat(screen)()
	}
	defer screen.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaults(func(line string) { screen.Tell(line, func() { p.Note(line) }) })
	var err error
	change := func(t *render.LiveTable) { t.Change(rows.Row()) }
	n := 0
	for ; err == nil && p.Limits.allow(n) && rows.Next(ctx); n++ {
		err = screen.change(change)
	}
	rows.Close()
	told()
	err = screen.end()
	if err == nil {
		width, height := size()
		// The lines that tell how it ended are to be seen together with the table.
		last := strings.Join(table.Draw(width, max(height-endLines, liveHeight)), "\n")
		_, err = fmt.Fprintln(p.Console.Out, last)
	}
	return p.finish(ctx, rows, n, err)
}

// endLines is how many lines follow a table: Limit Reached, Query terminated, the prompt.
const endLines = 3
