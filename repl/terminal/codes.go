package terminal

// What drives a terminal.
const (
	// EnterScreen gives a program a screen of its own, as an editor has, and hides the cursor:
	// whatever happens there, a resize say, what stood on the terminal before is there again
	// after LeaveScreen.
	EnterScreen = "\x1b[?1049h\x1b[?25l"
	LeaveScreen = "\x1b[?25h\x1b[?1049l"
	// ToTop moves the cursor to the first cell.
	ToTop = "\x1b[H"
	// RestOfLine wipes what stands from the cursor to the end of the line, RestOfAll to the end of
	// the screen.
	RestOfLine = "\x1b[K"
	RestOfAll  = "\x1b[J"
)
