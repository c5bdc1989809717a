package repl

import "github.com/ksqlite/ksqlite/parser"

// colours are those of a text while it is typed, as terminals number them. Names and
// marks have none.
var colours = map[parser.Class]string{
	parser.Word:     "1;34", // blue
	parser.Text:     "32",   // green
	parser.Number:   "36",   // cyan
	parser.Quoted:   "33",   // yellow
	parser.Comment:  "90",   // grey
	parser.Broken:   "31",   // red
	parser.Unclosed: "31",
}

// highlighted returns the colours of SQL. What is broken or not closed yet is red.
func highlighted(text string) []style {
	var styles []style
	for _, l := range parser.Lexemes(text) {
		if code := colours[l.Class]; code != "" {
			styles = append(styles, style{start: l.Start, end: l.End, code: code})
		}
	}
	return styles
}
