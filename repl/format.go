package repl

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
)

// Formats are all forms of results.
func Formats() []Format { return []Format{Tabular, JSON, JSONL, CSV} }

// formatNames returns the names of all forms.
func formatNames() []string {
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
	names := make([]string, 0, len(Formats()))
	for _, valid := range Formats() {
		names = append(names, "'"+string(valid)+"'")
	}
	return "", fmt.Errorf("Invalid output format: '%s' (valid formats: %s)", name, strings.Join(names, ", "))
}

// Settings are what a user changes about how results look.
type Settings struct {
	Format Format
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
func DefaultSettings() Settings { return Settings{Format: Tabular, Wrap: true, Highlight: true} }
