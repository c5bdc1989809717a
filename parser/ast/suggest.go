package ast

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Suggest adds to the fault of a name that means nothing which of the candidates, as the catalog
// has them, is most like it, if one is.
func Suggest(fault *source.Error, written string, candidates []string) *source.Error {
	near := source.Similar(written, candidates)
	return SuggestAs(fault, written, near, Name{Text: near}.SQL())
}

// SuggestAs adds to a fault that near is meant by what was written, and how it is spelled in a
// statement; nothing if near is empty. Somebody who has written the right letters learns
// why they mean something else: without quotes all of them are capitals.
func SuggestAs(fault *source.Error, written, near, spelled string) *source.Error {
	if near == "" {
		return fault
	}
	question := "Did you mean " + spelled + "?"
	if written == strings.ToUpper(near) && written != near {
		question += " It has small letters, so it has to be written in back-quotes."
	}
	return fault.WithDetail("%s", question)
}
