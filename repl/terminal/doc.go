// Package terminal knows who has the terminal: where output goes, what stands there for a while
// only, and who takes Ctrl-C and Ctrl-Z.
//
//	Ctrl-Z ───────────────▶ Jobs ──▶ Guest: a prompt, the Bar, a live table
//	lines of others ▶ Aside ──┘        withdraw, restore, tell
//	Ctrl-C ───────────────▶ Interrupts ──▶ the context of what runs
//
// What is on the terminal for a while is the [Guest] of [Jobs], which takes it away for Ctrl-Z and
// for messages of others. The [Bar] also stands for a pager or an editor, to which it lends
// the terminal: messages wait for the end of that.
package terminal
