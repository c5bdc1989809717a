package kafka

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/magiconair/properties"
)

// PropertiesFile is a file of properties that has been read. Nobody changes it.
type PropertiesFile struct {
	// Values are the properties by name.
	Values map[string]string
	// Places are where they stand, by name.
	Places map[string]Place
}

// Place is where a property stands in a file. The zero Place is of one that is in none.
type Place struct {
	File string
	Line int // from 1
}

// Blame puts the place before an error about what stands there.
func (p Place) Blame(err error) error {
	if p.File == "" || err == nil {
		return err
	}
	return fmt.Errorf("%s:%d: %w", p.File, p.Line, err)
}

// LoadProperties reads a Java properties file, with ${env:NAME} in values for an
// environment variable. It only reads: [Open] says whether the properties are known and
// their values right. An error tells all that is wrong, a line each.
func LoadProperties(file string) (*PropertiesFile, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading Kafka properties: %w", err)
	}
	if err := checkText(content); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	read := &PropertiesFile{Values: map[string]string{}, Places: map[string]Place{}}
	var faults []error
	for _, e := range entries(content) {
		place := Place{file, e.line}
		values, err := parseEntry(e.text)
		if err != nil {
			faults = append(faults, place.Blame(err))
		}
		for name := range values {
			read.Places[name] = place
		}
		maps.Copy(read.Values, values)
	}
	if len(faults) == 0 && len(read.Values) == 0 {
		faults = append(faults, fmt.Errorf("%s holds no property", file))
	}
	return read, errors.Join(faults...)
}

// checkText refuses what is certainly no file of properties, before anything of it is shown: a key that
// was named by mistake is a secret.
func checkText(content []byte) error {
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(content), []byte("-----BEGIN ")):
		return errPEM
	case !utf8.Valid(content) || bytes.ContainsRune(content, 0):
		return errors.New("it is not a text, so no file of properties")
	}
	return nil
}

// errPEM is what is wrong with a certificate or a key.
var errPEM = errors.New("it is a certificate or a key, and no file of properties: one of those names it, as ssl.truststore.location or ssl.keystore.location")

// parseEntry reads one property.
func parseEntry(text []byte) (map[string]string, error) {
	// Java's properties have no other ${…}: a password may contain it.
	loader := &properties.Loader{Encoding: properties.UTF8, DisableExpansion: true}
	p, err := loader.LoadBytes(text)
	if err != nil {
		return nil, errors.New(`\u has to be followed by four hexadecimal digits, and a backslash is written \\`) // the library's error shows the value
	}
	values := p.Map()
	return values, fromEnvironment(values)
}

// entry is a property as it is written.
type entry struct {
	line int // of the file, from 1
	text []byte
}

// entries cuts a file into its properties: lines, of which one that ends in an odd number of
// backslashes goes on in the next. Comments and empty lines are none.
func entries(content []byte) []entry {
	content = bytes.TrimPrefix(content, []byte("\uFEFF")) // as some editors of Windows begin a file
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	content = bytes.ReplaceAll(content, []byte("\r"), []byte("\n"))
	var list []entry
	goesOn, number := false, 0
	for line := range bytes.Lines(content) {
		number++
		text := bytes.TrimRight(line, "\n")
		switch start := bytes.TrimLeft(text, " \t\f"); {
		case goesOn:
			last := &list[len(list)-1]
			last.text = append(last.text, line...)
		case len(start) == 0 || strings.ContainsRune("#!", rune(start[0])):
			continue
		default:
			list = append(list, entry{number, bytes.Clone(line)})
		}
		goesOn = (len(text)-len(bytes.TrimRight(text, `\`)))%2 == 1
	}
	return list
}
