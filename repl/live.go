package repl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/query"
)

// Live says whether a push query whose rows have keys shows the current rows in place
// instead of one line a change.
type Live struct {
	On bool
	// By is the column that rows are sorted by, "" for their key.
	By string
	// Descending turns the order of By round.
	Descending bool
}

// parseLive reads what follows SET CLI LIVE.
func parseLive(words []string) (Live, error) {
	on := strings.ToUpper(words[0])
	switch {
	case on != "ON" && on != "OFF":
		return Live{}, fmt.Errorf("invalid value %s for LIVE: it is ON or OFF", words[0])
	case len(words) == 1:
		return Live{On: on == "ON"}, nil
	case on == "OFF":
		return Live{}, fmt.Errorf("unexpected %s after LIVE OFF", words[1])
	case !strings.EqualFold(words[1], "BY"):
		return Live{}, fmt.Errorf("unexpected %s after LIVE ON: there may be BY <column> [ASC|DESC]", words[1])
	case len(words) == 2:
		return Live{}, errors.New("LIVE ON BY wants the name of a column")
	}
	live := Live{On: true, By: columnName(words[2])}
	if len(words) == 3 {
		return live, nil
	}
	switch order := strings.ToUpper(words[3]); order {
	case "ASC", "DESC":
		live.Descending = order == "DESC"
		return live, nil
	}
	return Live{}, fmt.Errorf("invalid order %s for LIVE: it is ASC or DESC", words[3])
}

// columnName returns the name that is meant by an identifier of SQL.
func columnName(word string) string {
	if len(word) > 1 && word[0] == '`' && strings.HasSuffix(word, "`") {
		return strings.ReplaceAll(word[1:len(word)-1], "``", "`")
	}
	return strings.ToUpper(word)
}

// lively reports whether the rows of a query are to be shown in place: where the user
// wants it, the rows have keys, and there is a screen to draw on.
func (p *printer) lively(rows query.Rows) bool {
	if !p.Settings.Live.On || p.Settings.Format != Tabular || p.bar == nil || !p.Console.Terminal || p.Console.Height == nil {
		return false
	}
	return rows.Key() != nil && p.Console.width() > 0 && p.Console.Height() >= liveHeight
}

// live shows the current rows of a query in place until it ends, and then once more as
// ordinary text.
func (p *printer) live(ctx context.Context, rows query.Rows) error {
	defer rows.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	size := func() (width, height int) { return p.Console.width(), p.Console.Height() }
	table := newLiveTable(rows, p.Settings)
	if warning := table.warning(); warning != "" {
		p.warn([]string{warning})
	}
	screen := &liveScreen{terminal: p.bar.terminal, size: size, color: p.Console.Color, table: table}
	screen.start()
	if p.jobs != nil {
		defer p.jobs.seat(screen)()
	}
	defer screen.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaults(func(line string) { screen.tell(line, func() { p.note(line) }) })
	var err error
	change := func(t *liveTable) { t.change(rows.Row()) }
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
		last := strings.Join(table.draw(width, max(height-endLines, liveHeight)), "\n")
		_, err = fmt.Fprintln(p.Console.Out, last)
	}
	return p.finish(ctx, rows, n, err)
}

// endLines is how many lines follow a table: Limit Reached, Query terminated, the prompt.
const endLines = 3
