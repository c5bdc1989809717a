// Package show shows the results of statements on a console, as they come.
//
//	text ─▶ Runner ─▶ Runnable ─▶ exec.Result
//	                                  │
//	      console ◀─ pace ◀─ render.Rows ◀─┤ rows
//	      terminal ◀─ liveScreen ◀─ render.LiveTable ◀─┤ rows with keys, in place
//	      console ◀────────────────── render.WriteEntity ◀─┘ everything else
//
// A [Runner] runs a text without a human; a shell has one too, so a script prints what the shell
// would. A [Printer] shows one result: rows at a pace that a terminal can follow, with a bar that
// tells how the query goes, and long answers page by page.
package show
