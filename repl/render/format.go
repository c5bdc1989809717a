package render

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a form in which results are written.
type Format string

// The forms of results.
const (
	// Tabular is for people: boxes of text.
	Tabular Format = "TABULAR"
	// JSON is indented, a document for each result, header and row, as ksqlDB writes it.
	JSON Format = "JSON"
	// JSONL is one JSON object a line; a row is an object of its columns.
	JSONL Format = "JSONL"
	// CSV is a header and rows. NULL is an empty field, an empty text is "".
	CSV Format = "CSV"
	// TSV is a header and rows with tabs between fields. What would end a field is written \t, \n or
	// \r, a backslash \\, and NULL \N.
	TSV Format = "TSV"
	// Vertical is for people: a line for each column, rows one below the other.
	Vertical Format = "VERTICAL"
)

// Formats are all forms of results.
func Formats() []Format { return []Format{Tabular, Vertical, JSON, JSONL, CSV, TSV} }

// Readable reports whether results in this form are for people, who want to read
// messages among them.
func (f Format) Readable() bool { return f == Tabular || f == Vertical }

// FormatNames returns the names of all forms.
func FormatNames() []string {
	names := make([]string, 0, len(Formats()))
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return names
}

// ParseFormat returns the format of that name, whatever its case.
func ParseFormat(name string) (Format, error) {
	f := Format(strings.ToUpper(name))
	if slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("Invalid output format: '%s' (valid formats: %s)", name, "'"+strings.Join(FormatNames(), "', '")+"'")
}

// Settings are what a user changes about how results look.
type Settings struct {
	Format Format
	// Header begins CSV and TSV with the names of the columns.
	Header bool
	// Wrap continues long values on further lines; otherwise they are cut.
	Wrap bool
	// ColumnWidth is the width of every column of a query's rows; 0 lets the
	// widths follow the data and the terminal.
	ColumnWidth int
	// Highlight colours SQL while it is typed, where the terminal has colours.
	Highlight bool
	// Live shows the rows of tables in place.
	Live Live
}

// DefaultSettings are those a session begins with.
func DefaultSettings() Settings {
	return Settings{Format: Tabular, Header: true, Wrap: true, Highlight: true}
}
