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

// readSecret reads a line from the terminal without showing it. CTRL-C and CTRL-D end the program.
func readSecret(prompt string) (string, error) {
	in := int(os.Stdin.Fd())
	before, err := term.GetState(in)
	if err != nil {
		return "", err
	}
	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(stopped)
	fmt.Fprintf(os.Stderr, "%s: ", prompt)
	read := make(chan error, 1)
	var text []byte
	go func() {
		text, err = term.ReadPassword(in)
		read <- err
	}()
	select {
	case err := <-read:
		fmt.Fprintln(os.Stderr)
		if errors.Is(err, io.EOF) {
			return "", &shownError{errors.New("no password was given")}
		}
		return string(text), err
	case s := <-stopped: // whoever still reads ends with the program
		fmt.Fprintln(os.Stderr)
		return "", errors.Join(&stoppedError{s}, term.Restore(in, before))
	}
}
