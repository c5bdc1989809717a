package terminal

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// leaveTime is how long a program that was asked to end has for that.
const leaveTime = 2 * time.Second

// Program returns a program that is to run on the terminal. When ctx is done it is asked
// to end, so that it leaves the terminal as it has found it; only if it does not is it killed.
func Program(ctx context.Context, command string, args ...string) *exec.Cmd {
	words := Words(command)
	program := exec.CommandContext(ctx, words[0], append(words[1:], args...)...)
	program.Cancel = func() error { return askToEnd(program.Process) }
	program.WaitDelay = leaveTime
	return program
}

// Words splits at blanks; a part in single quotes, a path with a blank
// say, is one word.
func Words(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if end := strings.IndexByte(line[1:], '\''); line[0] == '\'' && end >= 0 {
			words = append(words, line[1:1+end])
			line = line[end+2:]
			continue
		}
		word := line
		if i := strings.IndexAny(line, " \t"); i >= 0 {
			word = line[:i]
		}
		words = append(words, word)
		line = line[len(word):]
	}
	return words
}
