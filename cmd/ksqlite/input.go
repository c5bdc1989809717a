package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/show"
)

// input is one -f or -e: statements to be run, in the order of the command line.
type input struct {
	file bool   // text is the name of a file, - for standard input
	text string // or the statements themselves
}

// path returns the path of a script in a file.
func (i input) path() (path string, ok bool) { return i.text, i.file && i.text != "-" }

// read returns the statements. Those of a file are left for when they are run; that
// it is there is made sure of.
func (i input) read(stdin io.Reader) (string, error) {
	switch {
	case !i.file:
		return i.text, nil
	case i.text == "-":
		return readAll(stdin)
	}
	return "", show.FindScript(i.text)
}

// run runs the statements; text is what read has returned.
func (i input) run(ctx context.Context, runner *show.Runner, text string) error {
	if path, ok := i.path(); ok {
		return runner.File(ctx, path)
	}
	if i.file {
		return runner.Script(ctx, text)
	}
	return runner.Unterminated(ctx, text)
}

func readAll(stdin io.Reader) (string, error) {
	text, err := io.ReadAll(stdin)
	if err != nil {
		return "", fmt.Errorf("reading standard input: %w", err)
	}
	return strings.TrimPrefix(string(text), "\ufeff"), nil
}

// inputFlag is the value of -f and of -e. Both add to one list, so their order
// among each other is kept.
type inputFlag struct {
	list *[]input
	file bool
}

func (f *inputFlag) String() string { return "" }
func (f *inputFlag) Type() string   { return "text" }

func (f *inputFlag) Set(text string) error {
	*f.list = append(*f.list, input{file: f.file, text: text})
	return nil
}

// define is one -d: a variable and its value.
type define struct{ name, value string }

type defineFlag struct{ list *[]define }

func (f *defineFlag) String() string { return "" }
func (f *defineFlag) Type() string   { return "NAME=VALUE" }

func (f *defineFlag) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("it has to be NAME=VALUE")
	}
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(name) {
		return fmt.Errorf("%q is no name of a variable: letters, digits and _ make one", name)
	}
	*f.list = append(*f.list, define{name, value})
	return nil
}

// formatFlag is the value of --output.
type formatFlag struct{ format *render.Format }

func (f *formatFlag) String() string { return string(*f.format) }
func (f *formatFlag) Type() string   { return "format" }

func (f *formatFlag) Set(text string) error {
	format, err := render.ParseFormat(text)
	if err == nil {
		*f.format = format
	}
	return err
}

// timeoutFlag is the value of --query-timeout.
type timeoutFlag struct{ timeout *time.Duration }

func (f *timeoutFlag) String() string { return strconv.FormatInt(f.timeout.Milliseconds(), 10) }
func (f *timeoutFlag) Type() string   { return "milliseconds" }

func (f *timeoutFlag) Set(text string) error {
	if millis, err := strconv.ParseInt(text, 10, 64); err == nil && millis == millis*int64(time.Millisecond)/int64(time.Millisecond) {
		*f.timeout = time.Duration(millis) * time.Millisecond
		return nil
	}
	timeout, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("it has to be a number of milliseconds, or a time such as 5s or 1m30s")
	}
	*f.timeout = timeout
	return nil
}
