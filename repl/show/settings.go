package show

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// This file changes how results are shown while statements run.

// command returns what does a statement of a script that changes how results are shown, in the words of
// the shell; nil if it is none.
func (p *Printer) command(statement string) func() error {
	words := terminal.Words(strings.TrimSpace(strings.TrimSuffix(statement, ";")))
	upper := strings.Fields(strings.ToUpper(strings.Join(words, " ")))
	switch {
	case len(words) > 2 && upper[0] == "SET" && upper[1] == "CLI":
		return func() error { return p.SetCLI(words[2:]) }
	case len(words) == 2 && upper[0] == "OUTPUT":
		return func() error { return p.SetFormat(words[1]) }
	}
	return nil
}

// SetFormat does what OUTPUT does with the name of a format.
func (p *Printer) SetFormat(name string) error {
	format, err := render.ParseFormat(name)
	if err == nil {
		p.Settings.Format = format
	}
	return err
}

// SetCLI does what SET CLI does with a setting and its value.
func (p *Printer) SetCLI(args []string) error {
	name := strings.ToUpper(args[0])
	set, known := map[string]func(*render.Settings, []string) error{
		"WRAP":         func(to *render.Settings, values []string) error { return setSwitch(&to.Wrap, name, values) },
		"HEADER":       func(to *render.Settings, values []string) error { return setSwitch(&to.Header, name, values) },
		"HIGHLIGHT":    func(to *render.Settings, values []string) error { return setSwitch(&to.Highlight, name, values) },
		"COLUMN-WIDTH": setColumnWidth,
		"LIVE":         setLive,
	}[name]
	switch {
	case !known:
		return fmt.Errorf("unknown setting %s: there are WRAP, COLUMN-WIDTH, HEADER, LIVE and HIGHLIGHT", args[0])
	case len(args) == 1 && name == "COLUMN-WIDTH":
		return fmt.Errorf("%s wants a number of cells, or 0 for automatic", name)
	case len(args) == 1:
		return fmt.Errorf("%s wants ON or OFF", name)
	case name != "LIVE" && len(args) > 2:
		return fmt.Errorf("unexpected %s after %s %s", args[2], args[0], args[1])
	}
	changed := p.Settings
	if err := set(&changed, args[1:]); err != nil {
		return err
	}
	if changed.Live.On && (p.Bar == nil || !p.Bar.Drawable()) {
		return errors.New("LIVE needs a terminal that can be drawn on, which this one is not: TERM is dumb, or the output is no terminal")
	}
	p.Settings = changed
	return nil
}

func setColumnWidth(settings *render.Settings, values []string) error {
	width, err := strconv.Atoi(values[0])
	if err != nil || width < 0 {
		return fmt.Errorf("invalid value %s for COLUMN-WIDTH: it is a number of cells, or 0 for automatic", values[0])
	}
	settings.ColumnWidth = width
	return nil
}

func setLive(settings *render.Settings, values []string) error {
	live, err := render.ParseLive(values)
	if err == nil {
		settings.Live = live
	}
	return err
}

// setSwitch sets a setting that is ON or OFF.
func setSwitch(setting *bool, name string, values []string) error {
	value := values[0]
	on := strings.EqualFold(value, "ON")
	if !on && !strings.EqualFold(value, "OFF") {
		return fmt.Errorf("invalid value %s for %s: it is ON or OFF", value, name)
	}
	*setting = on
	return nil
}
