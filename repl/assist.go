package repl

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/parser"
)

// This file is what the shell knows about a text while it is typed.

var _ assistant = (*Shell)(nil)

// colour implements assistant. A line that begins with a backslash is no SQL.
func (s *Shell) colour(text string) []style {
	if !s.Console.Color || !s.Settings.Highlight || strings.HasPrefix(strings.TrimSpace(text), `\`) {
		return nil
	}
	return highlighted(text)
}

// complete implements assistant.
func (s *Shell) complete(before, after string) completion {
	names := s.backend.Names()
	topics := func() ([]string, string) { return s.topics.ask(names.Topics) }
	c := completeSQL(before, after, names, topics)
	if line := strings.TrimLeft(before, " \t"); !strings.Contains(line, "\n") {
		s.completeCommand(line, &c)
	}
	return c
}

// completeCommand adds how a command of the shell could go on.
func (s *Shell) completeCommand(line string, c *completion) {
	for _, command := range commands() {
		if rest, ok := cutPrefixFold(line, command.name+" "); ok {
			*c = completion{length: len(rest)}
			if command.values != nil {
				for _, value := range command.values() {
					if hasPrefixFold(value, rest) {
						c.candidates = append(c.candidates, value)
					}
				}
				return
			}
			if command.files {
				c.candidates = files(rest)
			}
			return
		}
		if word := line; word != "" && hasPrefixFold(command.name, word) {
			start := strings.LastIndexByte(line, ' ') + 1
			c.length = len(line) - start
			c.candidates = append(c.candidates, command.name[start:])
		}
	}
}

// cutPrefixFold is strings.CutPrefix without regard to case.
func cutPrefixFold(text, prefix string) (rest string, ok bool) {
	if !hasPrefixFold(text, prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// files returns the paths that begin with a text, folders with a slash behind them.
func files(prefix string) []string {
	paths, err := filepath.Glob(globEscaper.Replace(prefix) + "*")
	if err != nil {
		return nil
	}
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			paths[i] = path + string(filepath.Separator)
		}
	}
	return paths
}

var globEscaper = strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`)

// whole implements assistant: each line has to be an order, or to belong to a statement
// that ends.
func (s *Shell) whole(text string) bool {
	var p pending
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if p.empty() && s.findOrder(line) != nil {
			continue
		}
		p.add(line)
	}
	return p.empty()
}

// statementsOf returns the texts of the statements in a text.
func statementsOf(text string) []string {
	parts := parser.Split(text).Parts
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.Text
	}
	return texts
}

const (
	// topicPatience is how long somebody who pressed TAB waits for Kafka.
	topicPatience = 200 * time.Millisecond
	// topicTimeout is how long Kafka may take to answer at all.
	topicTimeout = 10 * time.Second
)

// topicNames are the names of the topics as far as they are known. Whoever asks does not
// wait for a Kafka that is slow: it is asked beside, and the answer is kept.
type topicNames struct {
	mu       sync.Mutex
	names    []string
	known    bool
	failed   error
	answered chan struct{} // closed when Kafka has answered; nil while nobody asks
	cancel   context.CancelFunc
	wg       sync.WaitGroup
}

// ask asks Kafka, unless somebody does already, and returns what is known a moment
// later. note says what is wrong with that, if anything is.
func (t *topicNames) ask(topics func(context.Context) ([]string, error)) (names []string, note string) {
	answered := t.start(topics)
	timer := time.NewTimer(topicPatience)
	defer timer.Stop()
	select {
	case <-answered:
	case <-timer.C:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.failed != nil:
		note = "(the topics are not known: " + escaped(t.failed.Error()) + ")"
	case !t.known:
		note = "(Kafka has not told the topics yet: press TAB again)"
	}
	return slices.Clone(t.names), note
}

func (t *topicNames) start(topics func(context.Context) ([]string, error)) (answered chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answered != nil {
		return t.answered
	}
	t.answered = make(chan struct{})
	answered = t.answered
	ctx, cancel := context.WithTimeout(context.Background(), topicTimeout)
	t.cancel = cancel
	t.wg.Go(func() {
		names, err := topics(ctx)
		cancel()
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.failed = err; err == nil {
			t.names, t.known = names, true
		}
		t.answered = nil
		close(answered)
	})
	return answered
}

// close ends asking.
func (t *topicNames) close() {
	t.mu.Lock()
	if t.cancel != nil {
		t.cancel()
	}
	t.mu.Unlock()
	t.wg.Wait()
}
