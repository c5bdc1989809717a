package prompt

import (
	"slices"
	"strings"

	"github.com/chzyer/readline"
)

// This file takes the keys that the library does not know how to take. A key that
// changes the line goes through the library as a character; the listener takes that
// character out again and makes the change.

// filter is called for each key before the library takes it. It returns the key to be
// taken instead, and false if there is none.
func (e *lineEditor) filter(key rune) (rune, bool) {
	line, pos := e.screen.text()
	searching := e.rl.Operation.IsSearchMode()
	switch {
	case key == readline.CharInterrupt && searching:
		e.keys.release() // it ends the search alone
	case key == readline.CharCtrlZ:
		e.assist.Suspend()
		return 0, false
	case key == pasteKey:
		return e.paste(line, pos)
	case key == readline.CharDelete && (len(line) > 0 || searching): // Ctrl-D
		e.keys.release()
		e.rl.Terminal.KickRead()
		key = deleteKey
	case key == readline.CharTab && !searching:
		return e.editing(key, e.complete)
	}
	if key == deleteKey {
		if pos >= len(line) || searching {
			return 0, false
		}
		return e.editing(key, eraseAt)
	}
	if searching {
		return key, true
	}
	return e.move(key, line, pos)
}

// move words the keys that move within lines and characters which the library takes for
// one line and several characters.
func (e *lineEditor) move(key rune, line []rune, pos int) (rune, bool) {
	switch key {
	case readline.CharPrev:
		if slices.Contains(line[:pos], '\n') {
			return e.editing(lineUp, aboveLine)
		}
	case readline.CharNext:
		if slices.Contains(line[pos:], '\n') {
			return e.editing(lineDown, belowLine)
		}
	case readline.CharBackward:
		if clusterBefore(line, pos) > 1 {
			return e.editing(clusterLeft, leftOf)
		}
	case readline.CharForward:
		if clusterAt(line, pos) > 1 {
			return e.editing(clusterRight, rightOf)
		}
	case readline.CharBackspace, readline.CharCtrlH:
		if clusterBefore(line, pos) > 1 {
			return e.editing(clusterErase, eraseBefore)
		}
	}
	return key, true
}

// editing has the listener change the line.
func (e *lineEditor) editing(key rune, change edit) (rune, bool) {
	e.edit = change
	return key, true
}

// listen is called behind each key.
func (e *lineEditor) listen(line []rune, pos int, key rune) ([]rune, int, bool) {
	change := e.edit
	e.edit = nil
	if change == nil {
		return nil, 0, false
	}
	line = slices.Clone(line)
	if isKey(key) && pos > 0 && line[pos-1] == key {
		line = slices.Delete(line, pos-1, pos)
		pos--
	}
	line, pos = change(line, pos)
	return line, pos, true
}

// paste takes a pasted text. One line is put where the cursor is. Several are run if
// that makes statements which are whole, with what was typed around them; else they are
// put where the cursor is, to be completed.
func (e *lineEditor) paste(line []rune, pos int) (rune, bool) {
	text := e.keys.paste()
	if e.rl.Operation.IsSearchMode() {
		e.rl.Operation.ExitSearchMode(false)
	}
	whole := string(line[:pos]) + text + string(line[pos:])
	if strings.Contains(text, "\n") && e.assist.Whole(e.screen.earlier()+whole) {
		e.pasted = strings.TrimRight(whole, "\n")
		e.screen.summarize(e.pasted)
		return readline.CharEnter, true
	}
	defer e.keys.release()
	inserted := []rune(strings.TrimRight(text, "\n"))
	return e.editing(pasteKey, func(line []rune, pos int) ([]rune, int) {
		return slices.Insert(line, pos, inserted...), pos + len(inserted)
	})
}

// complete completes the word before the cursor, or shows what it could be.
func (e *lineEditor) complete(line []rune, pos int) ([]rune, int) {
	before := string(line[:pos])
	c := e.assist.Complete(e.screen.earlier()+before, string(line[pos:]))
	if len(c.Candidates) == 0 && c.Note == "" {
		e.screen.ring()
		return line, pos
	}
	start := len(before) - c.Length
	if text := c.Common(before[start:]); text != before[start:] {
		head := []rune(before[:start] + text)
		return slices.Concat(head, line[pos:]), len(head)
	}
	e.screen.tellNext(c.Menu(e.screen.room()))
	return line, pos
}

func eraseAt(line []rune, pos int) ([]rune, int) {
	return slices.Delete(line, pos, pos+clusterAt(line, pos)), pos
}

func eraseBefore(line []rune, pos int) ([]rune, int) {
	start := pos - clusterBefore(line, pos)
	return slices.Delete(line, start, pos), start
}

func leftOf(line []rune, pos int) ([]rune, int) { return line, pos - clusterBefore(line, pos) }

func rightOf(line []rune, pos int) ([]rune, int) { return line, pos + clusterAt(line, pos) }

// aboveLine moves to the same place in the line above, or its end.
func aboveLine(line []rune, pos int) ([]rune, int) {
	start := lineStart(line, pos)
	above := lineStart(line, start-1)
	return line, min(above+pos-start, start-1)
}

// belowLine moves to the same place in the line below, or its end.
func belowLine(line []rune, pos int) ([]rune, int) {
	below := pos + slices.Index(line[pos:], '\n') + 1
	end := len(line)
	if i := slices.Index(line[below:], '\n'); i >= 0 {
		end = below + i
	}
	return line, min(below+pos-lineStart(line, pos), end)
}

// lineStart returns where the line of a place begins.
func lineStart(line []rune, pos int) int {
	for pos > 0 && line[pos-1] != '\n' {
		pos--
	}
	return pos
}
