package render

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// liveLimit is how many rows a live table keeps. Windows are never deleted, so a
// query that is left open for days would fill the memory with them.
const liveLimit = 100_000

// LiveTable is the current rows of a query over a table, of which it draws as many as
// a screen holds. It draws text alone, without anything that drives a terminal.
type LiveTable struct {
	settings Settings
	columns  []types.Column
	key      *data.Codec
	keyBuf   []byte
	by       int // the column that rows are sorted by, -1 for the key

	rows map[string]*liveRow
	// Limit is how many rows are kept; the others are counted.
	Limit int
	// Changes is how many rows have come.
	Changes   int64
	forgotten int // rows that were left out for want of room

	measures []measure // of what has been drawn
	width    int       // of the screen that they are for
}

// liveRow is a current row.
type liveRow struct {
	query.Row
	changed int64 // the number of the change that has brought it
}

// NewLiveTable returns the table of a query's rows, which have keys.
func NewLiveTable(rows query.Rows, settings Settings) *LiveTable {
	t := &LiveTable{
		settings: settings, columns: rows.Columns(), key: data.CodecOf(rows.Key()), by: -1,
		rows: map[string]*liveRow{}, Limit: liveLimit,
	}
	if settings.Live.By != "" {
		t.by = slices.IndexFunc(t.columns, func(c types.Column) bool { return c.Name == settings.Live.By })
	}
	return t
}

// Warning says that the rows cannot be sorted as the user wants, "" if they can.
func (t *LiveTable) Warning() string {
	if t.settings.Live.By == "" || t.by >= 0 {
		return ""
	}
	return fmt.Sprintf("The query has no column %s, so the rows are sorted by their key. There are %s",
		cells.Escaped(t.settings.Live.By), strings.Join(namesOf(t.columns), ", "))
}

// namesOf returns the names of columns as they may be shown.
func namesOf(columns []types.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = cells.Escaped(c.Name)
	}
	return names
}

// Change takes a row in: it replaces the one of its key, or deletes it.
func (t *LiveTable) Change(r query.Row) {
	t.Changes++
	t.keyBuf = t.key.Append(t.keyBuf[:0], r.Key)
	t.keyBuf = binary.BigEndian.AppendUint64(t.keyBuf, uint64(r.Window.Start))
	t.keyBuf = binary.BigEndian.AppendUint64(t.keyBuf, uint64(r.Window.End))
	if r.Tombstone {
		delete(t.rows, string(t.keyBuf))
		return
	}
	row := t.rows[string(t.keyBuf)]
	if row == nil {
		row = &liveRow{Row: query.Row{Key: r.Key.Clone(), Window: r.Window}}
		t.rows[string(t.keyBuf)] = row
	}
	row.Values, row.changed = r.Values.Clone(), t.Changes
	if len(t.rows) > t.Limit+t.Limit/4 {
		t.forget()
	}
}

// forget leaves out the rows that have not changed for longest.
func (t *LiveTable) forget() {
	changed := make([]int64, 0, len(t.rows))
	for _, row := range t.rows {
		changed = append(changed, row.changed)
	}
	slices.Sort(changed)
	oldest := changed[len(changed)-t.Limit]
	for key, row := range t.rows {
		if row.changed < oldest {
			delete(t.rows, key)
			t.forgotten++
		}
	}
}

// compare is the order in which rows are shown.
func (t *LiveTable) compare(a, b *liveRow) int {
	order := 0
	if t.by >= 0 {
		if order = data.Compare(a.Values[t.by], b.Values[t.by]); t.settings.Live.Descending {
			order = -order
		}
	}
	return cmp.Or(order, slices.CompareFunc(a.Key, b.Key, data.Compare),
		cmp.Compare(a.Window.Start, b.Window.Start), cmp.Compare(a.Window.End, b.Window.End))
}

// fewOfMany is how many rows are found without sorting all.
const fewOfMany = 500

// first returns the first n rows. A screen holds few of many, so the others are not sorted unless somebody looks
// far down.
func (t *LiveTable) first(n int) []*liveRow {
	if n > fewOfMany {
		all := slices.SortedFunc(maps.Values(t.rows), t.compare)
		return all[:min(n, len(all))]
	}
	shown := make([]*liveRow, 0, n+1)
	for _, row := range t.rows {
		if len(shown) == n && (n == 0 || t.compare(row, shown[n-1]) >= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(shown, row, t.compare)
		shown = slices.Insert(shown, at, row)
		shown = shown[:min(n, len(shown))]
	}
	return shown
}

// FrameLines is how many lines of a table are not rows: two rules and the names.
const FrameLines = 3

// Len returns how many rows there are; those that were left out for want of room are not among them.
func (t *LiveTable) Len() int { return len(t.rows) }

// All returns how many rows there are, with those that were left out for want of room.
func (t *LiveTable) All() int { return len(t.rows) + t.forgotten }

// First returns the first n rows, as they are valid until the next Change.
func (t *LiveTable) First(n int) []query.Row {
	rows := t.first(n)
	list := make([]query.Row, len(rows))
	for i, row := range rows {
		list[i] = row.Row
	}
	return list
}

// Room returns how many rows a screen of a height shows.
func (t *LiveTable) Room(height int) int {
	room := max(height-FrameLines, 1)
	if t.All() > room {
		room = max(room-1, 1) // for the line that counts the others
	}
	return room
}

// Draw returns the lines of the table on a screen of that width, as many as height
// allows, beginning with the row that follows the first ones, of which from are passed over. If there are others,
// the last line tells which rows of how many these are.
func (t *LiveTable) Draw(width, height, from int) []string {
	shown := t.first(from + t.Room(height))
	shown = shown[min(from, len(shown)):]
	var text bytes.Buffer
	out := &table{out: bufio.NewWriter(&text), settings: t.settings, terminal: width, columns: t.columns}
	lines := make([][]string, len(shown))
	for i, row := range shown {
		lines[i] = out.cells(row.Row)
	}
	out.widths = t.widths(lines, width)
	out.rule()
	out.line(namesOf(t.columns), false)
	out.rule()
	for _, line := range lines {
		out.line(line, false)
	}
	if all := t.All(); all > len(shown) {
		fmt.Fprintf(out.out, "rows %s to %s of %s\n", display.Count(int64(from+1)), display.Count(int64(from+len(shown))), display.Count(int64(all)))
	}
	_ = out.out.Flush() // a buffer takes everything
	drawn := slices.Collect(strings.Lines(text.String()))
	for i, line := range drawn {
		drawn[i] = cells.Truncated(strings.TrimSuffix(line, "\n"), width, "")
	}
	return drawn[:min(len(drawn), height)]
}

// widths returns the widths of the columns. They do not shrink while the screen stays
// the same: columns that move all the time cannot be read.
func (t *LiveTable) widths(lines [][]string, width int) []int {
	if t.settings.ColumnWidth > 0 {
		return slices.Repeat([]int{t.settings.ColumnWidth}, len(t.columns))
	}
	if t.measures == nil || t.width != width {
		t.width, t.measures = width, make([]measure, len(t.columns))
		for i, c := range t.columns {
			t.measures[i] = measure{header: cells.Width(cells.Escaped(c.Name)), typ: c.Type}
		}
	}
	for _, line := range lines {
		for i, text := range line {
			t.measures[i].add(cells.Width(text))
		}
	}
	return widths(t.measures, width, len(lines), true)
}

// Status is the line above the table: how many rows there are, how fast they change,
// what they are sorted by.
func (t *LiveTable) Status(rate float64) string {
	text := fmt.Sprintf("%s, %s changes/s", display.Counted(t.All(), "row"), display.Count(int64(math.Round(rate))))
	if t.by >= 0 {
		text += ", by " + cells.Escaped(t.columns[t.by].Name)
		if t.settings.Live.Descending {
			text += " descending"
		}
	}
	if t.forgotten > 0 {
		text += fmt.Sprintf(", %s forgotten", display.Count(int64(t.forgotten)))
	}
	return text
}
