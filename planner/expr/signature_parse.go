package expr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// signatureParser reads the text of a signature from its front.
type signatureParser struct{ rest string }

// signature reads (name type, …) type.
func (p *signatureParser) signature() (*Signature, error) {
	s := &Signature{variadic: -1}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for !p.accept(")") {
		param, err := p.param()
		if err != nil {
			return nil, err
		}
		switch {
		case param.Constant:
			s.Constants++
		case s.Constants > 0:
			return nil, fmt.Errorf("parameter %s after a constant one", param.Name)
		}
		if param.Variadic {
			if s.variadic >= 0 {
				return nil, errors.New("two variadic parameters")
			}
			s.variadic = len(s.Params)
		}
		s.Params = append(s.Params, param)
		p.accept(",")
	}
	var err error
	if s.result, err = p.pattern(); err != nil {
		return nil, err
	}
	if p.rest = strings.TrimSpace(p.rest); p.rest != "" {
		return nil, fmt.Errorf("%q left over", p.rest)
	}
	return s, nil
}

// constant is the word before a parameter that takes literals only.
const constant = "const"

// param reads name type, and the dots of a variadic parameter.
func (p *signatureParser) param() (Param, error) {
	name := p.word()
	literal := name == constant
	if literal {
		name = p.word()
	}
	if name == "" {
		return Param{}, fmt.Errorf("no parameter name at %q", p.rest)
	}
	pat, err := p.pattern()
	return Param{Name: name, pattern: pat, Variadic: p.accept("..."), Constant: literal}, err
}

// namedPatterns are the patterns of the types without parameters.
var namedPatterns = map[string]pattern{
	"BOOLEAN": exactly(types.Boolean), "INT": exactly(types.Int), "INTEGER": exactly(types.Int),
	"BIGINT": exactly(types.Bigint), "DOUBLE": exactly(types.Double), "STRING": exactly(types.String),
	"BYTES": exactly(types.Bytes), "DATE": exactly(types.Date), "TIME": exactly(types.Time),
	"TIMESTAMP": exactly(types.Timestamp), "INTERVALUNIT": {form: unitForm},
	"ANY": {form: anyForm},
}

// pattern reads a type or a type letter.
func (p *signatureParser) pattern() (pattern, error) {
	name := p.word()
	if pat, ok := namedPatterns[name]; ok {
		return pat, nil
	}
	switch {
	case len(name) == 1 && name[0] >= 'A' && name[0] <= 'Z':
		return pattern{form: genericForm, letter: name[0]}, nil
	case name == "DECIMAL":
		return p.decimal()
	case name == "ARRAY":
		return p.nested(arrayForm, 1)
	case name == "MAP":
		return p.nested(mapForm, 2)
	case name == "STRUCT":
		return p.structure()
	case name == "LAMBDA":
		return p.lambda()
	}
	return pattern{}, fmt.Errorf("unknown type %q", name)
}

// decimal reads what may follow DECIMAL: (precision, scale).
func (p *signatureParser) decimal() (pattern, error) {
	if !p.accept("(") {
		return pattern{form: decimalForm}, nil
	}
	inside, after, found := strings.Cut(p.rest, ")")
	digits, scaleDigits, comma := strings.Cut(inside, ",")
	precision, err1 := strconv.Atoi(strings.TrimSpace(digits))
	scale, err2 := strconv.Atoi(strings.TrimSpace(scaleDigits))
	if !found || !comma || err1 != nil || err2 != nil {
		return pattern{}, fmt.Errorf("bad DECIMAL at %q", p.rest)
	}
	p.rest = after
	return exactly(types.DecimalOf(precision, scale)), types.CheckDecimal(precision, scale)
}

// nested reads <…> with n types.
func (p *signatureParser) nested(form patternForm, n int) (pattern, error) {
	elems, err := p.list("<", ">")
	if err == nil && len(elems) != n {
		err = fmt.Errorf("%d element types instead of %d", len(elems), n)
	}
	return pattern{form: form, elems: elems}, err
}

// list reads types between two brackets.
func (p *signatureParser) list(open, end string) ([]pattern, error) {
	if err := p.expect(open); err != nil {
		return nil, err
	}
	var elems []pattern
	for !p.accept(end) {
		elem, err := p.pattern()
		if err != nil {
			return nil, err
		}
		elems = append(elems, elem)
		p.accept(",")
	}
	return elems, nil
}

// structure reads <name type, …>.
func (p *signatureParser) structure() (pattern, error) {
	if err := p.expect("<"); err != nil {
		return pattern{}, err
	}
	pat := pattern{form: structForm}
	for !p.accept(">") {
		field, err := p.param()
		if err != nil {
			return pattern{}, err
		}
		pat.names = append(pat.names, field.Name)
		pat.elems = append(pat.elems, field.pattern)
		p.accept(",")
	}
	return pat, nil
}

// lambda reads (parameter types) => result type.
func (p *signatureParser) lambda() (pattern, error) {
	params, err := p.list("(", ")")
	if err != nil {
		return pattern{}, err
	}
	if err := p.expect("=>"); err != nil {
		return pattern{}, err
	}
	result, err := p.pattern()
	return pattern{form: lambdaForm, elems: params, result: &result}, err
}

// word takes a name from the front of the text.
func (p *signatureParser) word() string {
	p.rest = strings.TrimSpace(p.rest)
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if n < 0 {
		n = len(p.rest)
	}
	word := p.rest[:n]
	p.rest = p.rest[n:]
	return word
}

// accept takes a token from the front of the text if it is there.
func (p *signatureParser) accept(token string) bool {
	rest, found := strings.CutPrefix(strings.TrimSpace(p.rest), token)
	if found {
		p.rest = rest
	}
	return found
}

// expect takes a token that has to be there.
func (p *signatureParser) expect(token string) error {
	if !p.accept(token) {
		return fmt.Errorf("no %s at %q", token, p.rest)
	}
	return nil
}
