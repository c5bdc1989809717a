package repl

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
)

const (
	// bannerWidth is the width of the box, hintLine the line below it: the box
	// stands in the middle above that line.
	bannerWidth = 43
	hintLine    = "Type 'help' for what can be typed here, 'exit' or CTRL-D to leave."
)

var logo = [...]string{
	``,
	` _             _ _ _`,
	`| | _____  __ _| (_) |_ ___`,
	`| |/ / __|/ _` + "`" + ` | | | __/ _ \`,
	`|   <\__ \ (_| | | | ||  __/`,
	`|_|\_\___/\__, |_|_|\__\___|`,
	`             |_|`,
	`    SQL over Kafka, in one program`,
}

// greet shows the banner, where the session works, and what is to be known of that. A narrow terminal gets
// a line instead of the box.
func (s *Shell) greet() {
	width := s.printer.Console.LineWidth()
	if width == 0 || width >= bannerWidth {
		indent := max(0, (min(width, len(hintLine))-bannerWidth)/2)
		for _, line := range box() {
			s.say(strings.Repeat(" ", indent) + line)
		}
	}
	s.say(fmt.Sprintf("\nksqlite %s on %s", s.options.Version, s.options.Location))
	if s.options.Notice != "" {
		s.say(s.options.Notice)
	}
	s.say("\n" + hintLine + "\n")
}

// box draws a frame around the logo.
func box() []string {
	rule := strings.Repeat("=", bannerWidth)
	lines := []string{"", rule}
	for _, text := range logo {
		lines = append(lines, "= "+cells.Pad("     "+text, bannerWidth-4)[:bannerWidth-4]+" =")
	}
	return append(lines, rule)
}
