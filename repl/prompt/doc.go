// Package prompt reads what a person types: lines at a terminal, with keys, pastes and colours, the
// statements that lines make up, and the history of them.
//
//	terminal ─▶ keys ─▶ readline ─▶ editing ─▶ screen ─▶ terminal
//	                                   │
//	                                Assistant: colours, completion, whether a text is whole
//
// An [Editor] knows no SQL; its [Assistant] does.
package prompt
