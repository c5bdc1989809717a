package kafka

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// ValidateProperty says what is wrong with a property: that it is unknown, or
// which values are valid. It looks at this property alone.
func ValidateProperty(name, value string) error {
	return new(settings).apply(name, value, table())
}

// FindProperty returns the property of that name, whatever its class.
func FindProperty(name string) (Property, bool) {
	p, ok := table()[name]
	return p, ok
}

// table is the properties by name.
func table() map[string]Property {
	byName := make(map[string]Property)
	for _, p := range Properties() {
		byName[p.Name] = p
	}
	return byName
}

// Account returns the user and the password that the properties log in with; both are empty where they
// are wrong, or have none.
func Account(given map[string]string) (user, password string) {
	s, err := parseProperties(given)
	if err != nil {
		return "", ""
	}
	return s.login.Account()
}

// parseProperties sets every default and then what is given.
func parseProperties(given map[string]string) (*settings, error) {
	byName := table()
	s := &settings{}
	for _, p := range byName {
		if p.Default == "" || p.set == nil {
			continue
		}
		if err := p.set(s, p.Default); err != nil {
			panic(fmt.Sprintf("default of %s: %v", p.Name, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := s.apply(name, given[name], byName); err != nil {
			return nil, err
		}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	if _, ok := given[deliveryTimeout]; ok {
		return s, s.checkDelivery()
	}
	return s, nil
}

// deliveryTimeout is how long a producer tries to write a record.
const deliveryTimeout = "delivery.timeout.ms"

// checkDelivery holds that there is time for one try, by Kafka's rule.
func (s *settings) checkDelivery() error {
	if s.deliveryTimeout >= s.linger+s.requestTimeout {
		return nil
	}
	return fmt.Errorf("client property %s cannot be %d: it has to be linger.ms + request.timeout.ms at least, which are %d + %d",
		deliveryTimeout, s.deliveryTimeout.Milliseconds(), s.linger.Milliseconds(), s.requestTimeout.Milliseconds())
}

func (s *settings) apply(name, value string, byName map[string]Property) error {
	p, ok := byName[name]
	if !ok {
		return unknownProperty(name)
	}
	value = strings.TrimSpace(value)
	if p.Values != nil {
		i := slices.IndexFunc(p.Values, func(v string) bool { return strings.EqualFold(v, value) })
		if i < 0 {
			return fmt.Errorf("client property %s cannot be %s: valid values are %s", name, p.shown(value), list(p.Values))
		}
		value = p.Values[i]
	}
	if p.set == nil {
		return nil
	}
	if err := p.set(s, value); err != nil {
		return fmt.Errorf("client property %s cannot be %s: %w", name, p.shown(value), err)
	}
	return nil
}

// shown is the value as an error may show it: a secret never is, and what may be an address with a
// password.
func (p Property) shown(value string) string {
	if p.Kind == "password" || strings.Contains(value, "@") {
		return "what was given"
	}
	return strconv.Quote(value)
}

// list prints values, an empty one visibly.
func list(values []string) string {
	shown := make([]string, len(values))
	for i, v := range values {
		if shown[i] = v; v == "" {
			shown[i] = `"" (empty)`
		}
	}
	return strings.Join(shown, ", ")
}

// check finds what is wrong only in combination.
func (s *settings) check() error {
	if len(s.bootstrap) == 0 {
		return errors.New("client property bootstrap.servers is missing")
	}
	if s.idempotence && s.acks != kgo.AllISRAcks() {
		s.idempotence = false // as Java does when it was not asked for
	}
	return nil
}

func setServers(s *settings, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		// Java allows PROTOCOL://HOST:PORT.
		if _, after, ok := strings.Cut(part, "://"); ok {
			part = after
		}
		if part == "" {
			continue
		}
		host, port, err := net.SplitHostPort(part)
		if err != nil || host == "" {
			return fmt.Errorf("%s is not HOST:PORT", Property{}.shown(part))
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%q has no valid port", part)
		}
		s.bootstrap = append(s.bootstrap, part)
	}
	if len(s.bootstrap) == 0 {
		return errors.New("it names no broker")
	}
	return nil
}

func text(field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, v string) error {
		*field(s) = v
		return nil
	}
}

func boolean(field func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, v string) error {
		switch strings.ToLower(v) {
		case "true":
			*field(s) = true
		case "false":
			*field(s) = false
		default:
			return errors.New("valid values are true, false")
		}
		return nil
	}
}

func integer[T int | int32](low, high int64, field func(*settings) *T) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < low || n > high {
			return fmt.Errorf("it has to be a whole number from %d to %d", low, high)
		}
		*field(s) = T(n)
		return nil
	}
}

// maxMillis is Java's largest int, the largest value of most times.
const maxMillis = 1<<31 - 1

func millis(field func(*settings) *time.Duration) func(*settings, string) error {
	return millisFrom(0, field)
}

// millisFrom is millis with the least number that is valid.
func millisFrom(least int64, field func(*settings) *time.Duration) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < least || n > maxMillis {
			return fmt.Errorf("it has to be milliseconds from %d to %d", least, maxMillis)
		}
		*field(s) = time.Duration(n) * time.Millisecond
		return nil
	}
}
