package show

import (
	"bufio"
	"context"
	"fmt"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/display"
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
	ctx, release := p.keys(ctx, screen)
	defer release()
	told := p.tellFaults(func(line string) { screen.Tell(line, func() { p.Note(line) }) })
	var err error
	change := func(t *render.LiveTable) { t.Change(rows.Row()) }
	n := 0
	for ; err == nil && p.Limits.allow(n) && rows.Next(ctx); n++ {
		err = screen.change(change)
	}
	rows.Close()
	told()
	release()
	if err = screen.end(); err == nil {
		err = p.lastState(rows, table)
	}
	return p.finish(ctx, rows, n, err)
}

// keys has the screen scrolled by keys, of which one ends the query, until release is called, which may be called
// again.
func (p *Printer) keys(ctx context.Context, screen *liveScreen) (_ context.Context, release func()) {
	ctx, leave := context.WithCancel(ctx)
	if p.Jobs == nil {
		return ctx, leave
	}
	stop, ok := p.Jobs.Keys(func(key terminal.Key) {
		if screen.press(key) {
			leave()
		}
	})
	screen.mayScroll(ok)
	return ctx, stop
}

// lastState shows the rows that a query has at its end as any other rows are shown: all of them, if nobody would
// have to wait for that.
func (p *Printer) lastState(rows query.Rows, table *render.LiveTable) error {
	out := bufio.NewWriter(p.Console.Out)
	printer := render.NewRows(p.Settings, render.Paper{Width: p.Console.LineWidth(), Terminal: p.Console.Terminal})
	printer.Begin(out, rows.ID(), rows.Columns())
	shown := table.Len()
	if !p.keepsAll() {
		shown = min(shown, shownAtOnce)
	}
	for _, row := range table.First(shown) {
		printer.Row(row)
	}
	printer.End()
	if more := table.All() - shown; more > 0 {
		fmt.Fprintf(out, "… %s not displayed\n", display.Counted(more, "row"))
	}
	return out.Flush()
}
