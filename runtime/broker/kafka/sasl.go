package kafka

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// credentials are what sasl.jaas.config carries.
type credentials struct{ user, password string }

// saslMechanism builds the log-in the sasl.* properties describe.
func (s *settings) saslMechanism() (sasl.Mechanism, credentials, error) {
	c, err := parseJAAS(s.jaas)
	if err != nil {
		return nil, c, fmt.Errorf("client property sasl.jaas.config: %w", err)
	}
	switch s.mechanism {
	case "SCRAM-SHA-256":
		return scram.Auth{User: c.user, Pass: c.password}.AsSha256Mechanism(), c, nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: c.user, Pass: c.password}.AsSha512Mechanism(), c, nil
	default:
		return plain.Auth{User: c.user, Pass: c.password}.AsMechanism(), c, nil
	}
}

// parseJAAS reads a line such as
//
//	org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="p";
//
// Its errors never quote it: it holds a password.
func parseJAAS(line string) (credentials, error) {
	var c credentials
	line = strings.TrimSpace(line)
	module, options, _ := strings.Cut(line, " ")
	if !strings.HasSuffix(module, "PlainLoginModule") && !strings.HasSuffix(module, "ScramLoginModule") {
		return c, errors.New("it has to begin with the class PlainLoginModule or ScramLoginModule")
	}
	if !strings.HasSuffix(line, ";") {
		return c, errors.New("it has to end with a semicolon")
	}
	// An option is NAME="…", NAME='…' or NAME=…, with \" inside quotes.
	pattern := regexp.MustCompile(`(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s;"']+))`)
	for _, m := range pattern.FindAllStringSubmatch(options, -1) {
		value := unescape(m[2] + m[3] + m[4])
		switch m[1] {
		case "username":
			c.user = value
		case "password":
			c.password = value
		}
	}
	if c.user == "" || c.password == "" {
		return c, errors.New(`it has to give username="…" and password="…"`)
	}
	return c, nil
}

// unescape drops the backslashes that protect a character.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
