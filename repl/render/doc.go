// Package render makes text of results: the rows of a query, the answers of other statements,
// the current rows of a table, each in the form that the [Settings] name. It
// knows no terminal and no time.
package render
