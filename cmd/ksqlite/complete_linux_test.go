package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// completing starts a shell that completes command lines of ksqlite, in a folder with some files. It skips the
// test where there is no such shell.
func completing(t *testing.T, shell string, args ...string) *emulator {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip(err)
	}
	home := t.TempDir()
	for _, file := range []string{"client.properties", "create.sql", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(home, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	own := ksqliteIn(t) // the command that the shell has to find as ksqlite
	if err := os.Symlink(own.Path, filepath.Join(home, "ksqlite")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, args...)
	c.Dir, c.Env = home, append(own.Env, "PATH="+home+":"+os.Getenv("PATH"))
	return openTerminalOf(t, home, c)
}

// bashCompletion is what completion scripts for bash build upon.
const bashCompletion = "/usr/share/bash-completion/bash_completion"

// TestCompletionInShells types command lines in the shells that there are scripts for, with TAB: commands, kinds,
// flags and their values, and files by their endings where the shell can do that.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]struct {
		args  []string
		begin string // completion
		files bool   // can be told by their endings
	}{
		"bash": {[]string{"--norc", "--noprofile", "-i"}, "PS1='> '; . " + bashCompletion + "; . <(ksqlite completion bash)", true},
		"zsh":  {[]string{"-f", "-i"}, "PS1='> '; autoload -U compinit; compinit -u; source <(ksqlite completion zsh)", true},
		"fish": {[]string{"--no-config", "-i"}, "function fish_prompt; echo -n '> '; end; ksqlite completion fish | source", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(bashCompletion); name == "bash" && err != nil {
				t.Skip(err)
			}
			term := completing(t, name, s.args...)
			term.press(s.begin + "\r")
			term.press("clear\r")
			empty := func() bool { return term.screen() == ">" }
			term.until(empty, "been empty")
			lines := map[string]string{
				"ksqlite dat\tord\t":             "ksqlite datagen orders",
				"ksqlite --output VER\t":         "ksqlite --output VERTICAL",
				"ksqlite doctor --config-f\t":    "ksqlite doctor --config-file",
				"ksqlite --config-file client\t": "ksqlite --config-file client.properties",
			}
			if s.files {
				lines["ksqlite --config-file \t"] = "ksqlite --config-file client.properties"
				lines["ksqlite -f \t"] = "ksqlite -f create.sql"
			}
			for keys, line := range lines {
				term.press(keys)
				term.until(func() bool { return strings.Contains(term.screen(), "> "+line) }, "shown "+line)
				term.press("\x15") // all of it is gone again
				term.press("clear\r")
				term.until(empty, "been empty")
			}
		})
	}
}
