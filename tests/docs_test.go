package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents are the files whose transcripts are kept true.
var documents = []string{"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "examples/*/README.md"}

// TestTranscripts runs what the documents show in fenced blocks of the language
// console, and compares what is printed on standard output and standard error:
//
//	```console
//	$ ksqlite -e "SHOW STREAMS;"
//	what it prints
//	$ ksqlite --data-dir $TMP/data
//	ksql> SELECT * FROM s
//	>  EMIT CHANGES LIMIT 1;
//	what the statement prints
//	```
//
// The commands are run one after the other in the repository's root, with the
// programs that were built on the path; $TMP is a folder of the block's own. They
// may fail: their messages are shown and held like all else. Statements at the
// prompt are given to the command by -e; a banner above them is not compared.
//
// A line "..." stands for any lines, "…" within a line for any text. Blank lines
// and the width of columns do not count. Blocks of other languages, such as sh,
// are not run.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	programs(t)
	for _, pattern := range documents {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, block := range transcripts(string(text)) {
				t.Run(fmt.Sprintf("%s line %d", strings.TrimPrefix(file, root+"/"), block.line), func(t *testing.T) {
					t.Parallel()
					block.check(t)
				})
			}
		}
	}
}

// transcript is a block of a document.
type transcript struct {
	line  int // of the document, where its fence is
	steps []step
}

// step is a command and what it prints.
type step struct {
	command    string
	statements []string // typed at its prompt
	printed    []string
}

// transcripts finds the blocks of a document.
func transcripts(document string) []transcript {
	var blocks []transcript
	var inside *transcript
	for i, line := range strings.Split(document, "\n") {
		switch {
		case strings.HasPrefix(line, "```console"):
			inside = &transcript{line: i + 1}
		case inside != nil && strings.HasPrefix(line, "```"):
			blocks = append(blocks, *inside)
			inside = nil
		case inside != nil:
			inside.add(line)
		}
	}
	return blocks
}

// add adds a line to the last step, or begins another.
func (b *transcript) add(line string) {
	if command, ok := strings.CutPrefix(line, "$ "); ok {
		b.steps = append(b.steps, step{command: command})
		return
	}
	if len(b.steps) == 0 {
		return
	}
	s := &b.steps[len(b.steps)-1]
	statement, begins := strings.CutPrefix(line, "ksql>")
	switch {
	case begins && len(s.statements) == 0:
		s.printed = nil // so far it was the banner
		fallthrough
	case begins:
		if statement = strings.TrimSpace(statement); statement != "" {
			s.statements = append(s.statements, statement)
		}
	case strings.HasPrefix(line, ">") && len(s.statements) > 0:
		s.statements[len(s.statements)-1] += "\n" + line[1:]
	default:
		s.printed = append(s.printed, line)
	}
}

// commandLine is the step's command with the statements at its prompt.
func (s step) commandLine() string {
	words := []string{s.command}
	for _, statement := range s.statements {
		words = append(words, "-e '"+strings.ReplaceAll(statement, "'", `'\''`)+"'")
	}
	return strings.Join(words, " ")
}

// check runs the block's commands.
func (b transcript) check(t *testing.T) {
	t.Helper()
	folder := "TMP=" + t.TempDir()
	for _, s := range b.steps {
		out, err := shell(t, s.commandLine(), folder)
		if got := bare(strings.Split(out, "\n")); !pattern(bare(s.printed)).MatchString(got) {
			t.Errorf("$ %s\nprinted:\n%s(%v)\nbut the document shows:\n%s", s.commandLine(), out, err, strings.Join(s.printed, "\n"))
		}
	}
}

// bare leaves out what does not count.
func bare(lines []string) string {
	kept := slices.Clone(lines)
	for i, line := range kept {
		kept[i] = strings.TrimRight(borders.ReplaceAllString(padding.ReplaceAllString(line, "|"), "-"), " ") + "\n"
	}
	kept = slices.DeleteFunc(kept, func(line string) bool { return line == "\n" })
	return strings.Join(kept, "")
}

// pattern matches the output that a document shows.
func pattern(shown string) *regexp.Regexp {
	var b strings.Builder
	for line := range strings.Lines(shown) {
		if line == "...\n" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	return regexp.MustCompile("^" + b.String() + "$")
}

// The checker must see a difference, or the documents are held by nothing.
func TestTranscriptsAreCompared(t *testing.T) {
	t.Parallel()
	blocks := transcripts("text\n```console\n$ one\nA   |\n\n...\nend …\n$ two -x\nbanner\nksql> a 'b'\n> c;\nrow\nksql> d;\n```\n```sh\n$ not run\n```\n")
	if len(blocks) != 1 || blocks[0].line != 2 || len(blocks[0].steps) != 2 {
		t.Fatalf("got %+v", blocks)
	}
	one, two := blocks[0].steps[0], blocks[0].steps[1]
	if got, want := two.commandLine(), "two -x -e 'a '\\''b'\\''\n c;' -e 'd;'"; got != want || !slices.Equal(two.printed, []string{"row"}) {
		t.Errorf("got %q, want %q; %q", got, want, two.printed)
	}
	for output, want := range map[string]bool{
		"A|\nend of it":       true,
		"A |\nx\n\ny\nend of": true,
		"A|\nend":             false,
		"B|\nend of it":       false,
		"A|\nend of it\nmore": false,
		"":                    false,
	} {
		if got := pattern(bare(one.printed)).MatchString(bare(strings.Split(output, "\n"))); got != want {
			t.Errorf("%q: %v, want %v", output, got, want)
		}
	}
}
