package apache

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// logLines is how much of a log is worth showing.
const logLines = 60

// portTaken is found in the log of a node that could not listen.
var portTaken = regexp.MustCompile(`BindException|Address already in use`)

// logNoise are the lines that say nothing about a fault: chatter, and the
// listing of each property of a configuration.
var logNoise = regexp.MustCompile(`^[0-9:,.]+ (INFO|DEBUG) |^\t\S+ = `)

// Log is the end of what the node logged: warnings and worse, with their stack
// traces.
func (s *Server) Log() string {
	text, err := os.ReadFile(filepath.Join(s.folder, logFile))
	if err != nil {
		return fmt.Sprintf("reading Kafka's log: %v", err)
	}
	lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(line string) bool {
		return line == "" || logNoise.MatchString(line)
	})
	return strings.Join(lines[max(0, len(lines)-logLines):], "\n")
}
