package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/ksqlite/ksqlite"
)

// withSecrets asks whoever sits at the terminal for the passwords that the options lack.
// Where nobody does, they stay missing, which opening an engine tells.
func withSecrets(options []ksqlite.Option) ([]ksqlite.Option, error) {
	for isTerminal(os.Stdin) {
		secret, missing := ksqlite.MissingSecret(options...)
		if !missing {
			break
		}
		text, err := readSecret(secret.Prompt)
		if err != nil {
			return nil, err
		}
		if text == "" {
			break // asking once more would not end
		}
		options = append(options, ksqlite.WithKafkaProperties(map[string]string{secret.Property: text}))
	}
	return options, nil
}

// keyboard is where a person types, and where he is asked.
type keyboard struct {
	io.Reader
	io.Writer
}

// readSecret reads a line from the terminal without showing it. CTRL-C and CTRL-D end the program.
func readSecret(prompt string) (string, error) {
	in := int(os.Stdin.Fd())
	before, err := term.MakeRaw(in) // nothing is shown from here on, not even what is typed ahead
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(in, before) }()
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, syscall.SIGTERM, syscall.SIGHUP) // CTRL-C is a key here
	defer signal.Stop(stopped)
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.NewTerminal(keyboard{os.Stdin, os.Stderr}, "").ReadPassword(prompt + ": ")
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		if errors.Is(l.err, io.EOF) {
			fmt.Fprint(os.Stderr, "\r\n")
			return "", &stoppedError{os.Interrupt}
		}
		return l.text, l.err
	case s := <-stopped: // whoever still reads ends with the program
		return "", &stoppedError{s}
	}
}
