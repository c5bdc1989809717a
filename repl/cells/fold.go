package cells

import "strings"

// Folded breaks the lines of a text that are wider than a terminal at blanks, so
// that the terminal does not break them within a word. A line goes on below with
// the blanks or tabs that it begins with; a word that is too long stays whole. A
// width of 0 is no limit.
func Folded(text string, width int) string {
	if width <= 0 || len(text) <= width && !strings.Contains(text, "\t") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = foldedLine(line, width)
	}
	return strings.Join(lines, "\n")
}

// foldedLine is folded for one line.
func foldedLine(line string, width int) string {
	rest := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(rest)]
	room := width - tabbedWidth(indent)
	var b strings.Builder
	for {
		head, tail := broken(rest, room)
		b.WriteString(indent + head)
		if tail == "" {
			return b.String()
		}
		b.WriteByte('\n')
		rest = tail
	}
}

// broken breaks a line at the last blank before which it fits room cells, or at
// its first. The blanks there are left out.
func broken(line string, room int) (head, tail string) {
	if Width(line) <= room {
		return line, ""
	}
	at := -1
	for i := range len(line) {
		if line[i] != ' ' {
			continue
		}
		if at >= 0 && Width(line[:i]) > room {
			break
		}
		at = i
	}
	if at < 0 {
		return line, ""
	}
	return strings.TrimRight(line[:at], " "), strings.TrimLeft(line[at:], " ")
}

// tabbedWidth measures the blanks at the beginning of a line.
func tabbedWidth(indent string) int {
	const tab = 8
	width := 0
	for _, r := range indent {
		if width++; r == '\t' {
			width = (width + tab - 1) / tab * tab
		}
	}
	return width
}
