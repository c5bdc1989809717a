package complete

import (
	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/repl/prompt"
)

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

// Highlighted returns the colours of SQL. What is broken or not closed yet is red.
func Highlighted(text string) []prompt.Style {
	var styles []prompt.Style
	for _, l := range parser.Lexemes(text) {
		if code := colours[l.Class]; code != "" {
			styles = append(styles, prompt.Style{Start: l.Start, End: l.End, Code: code})
		}
	}
	return styles
}
