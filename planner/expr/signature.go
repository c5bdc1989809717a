package expr

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Signature is one way to call a function: the types of its parameters and of
// its result, written in the language's own types:
//
//	(str STRING, pos INT) STRING
//	(x DECIMAL) DECIMAL                      any precision and scale
//	(first STRING, rest STRING...) STRING    any number of further arguments, or none
//	(a ARRAY<T>, x T) BOOLEAN                T is one type throughout the call
//	(a ARRAY<T>, f LAMBDA(T) => R) ARRAY<R>
//	(unit INTERVALUNIT, n INT, d DATE) DATE
//	(col T, const k INT) ARRAY<T>            k is written as a literal
//
// A single capital letter stands for any type, the same throughout the call;
// ANY stands for another one in each argument. A result of DECIMAL without
// precision has the type of the first DECIMAL argument. An argument for
// INTERVALUNIT is a bare word such as DAYS; it reaches the function as that
// word, a STRING. A Signature is immutable.
type Signature struct {
	Params []Param
	// Constants is how many of the last parameters take literals only.
	Constants int

	result   pattern
	compute  ResultFunc
	variadic int // index of the parameter with dots, or -1
}

// Param is a parameter of a signature.
type Param struct {
	Name     string
	Variadic bool // takes any number of arguments, also none
	Constant bool // takes literals only
	pattern  pattern
}

// Type returns the parameter's type as written in the signature, without dots.
func (p Param) Type() string { return p.pattern.String() }

// ResultFunc works out the type of a call's result from the types of its
// arguments, coerced to those of the parameters. An error refuses the call.
type ResultFunc func(args []*types.Type) (*types.Type, error)

// ParseSignature reads a signature in the form that [Signature] shows.
func ParseSignature(text string) (*Signature, error) {
	p := &signatureParser{rest: text}
	s, err := p.signature()
	if err != nil {
		return nil, fmt.Errorf("signature %q: %w", text, err)
	}
	return s, nil
}

// MustSignature is [ParseSignature] for signatures that are part of the
// program: it panics where that one fails.
func MustSignature(text string) *Signature {
	s, err := ParseSignature(text)
	if err != nil {
		panic(err)
	}
	return s
}

// WithResult returns a copy of the signature whose result type is computed for
// each call; the written result type is then for the reader only.
func (s *Signature) WithResult(compute ResultFunc) *Signature {
	c := *s
	c.compute = compute
	return &c
}

// Result returns the result type as written in the signature.
func (s *Signature) Result() string { return s.result.String() }

// String returns the signature as it is written.
func (s *Signature) String() string {
	params := make([]string, len(s.Params))
	for i, p := range s.Params {
		params[i] = p.Name + " " + p.Type()
		if p.Constant {
			params[i] = constant + " " + params[i]
		}
		if p.Variadic {
			params[i] += "..."
		}
	}
	return "(" + strings.Join(params, ", ") + ") " + s.result.String()
}

// param returns the parameter that takes argument i of n.
func (s *Signature) param(i, n int) Param {
	if s.variadic < 0 || i < s.variadic {
		return s.Params[i]
	}
	if behind := n - i; behind < len(s.Params)-s.variadic {
		return s.Params[len(s.Params)-behind]
	}
	return s.Params[s.variadic]
}

// takes reports whether the signature can be called with n arguments.
func (s *Signature) takes(n int) bool {
	if s.variadic >= 0 {
		return n >= len(s.Params)-1
	}
	return n == len(s.Params)
}

// generics counts the parameters that hold a type letter.
func (s *Signature) generics() int {
	n := 0
	for _, p := range s.Params {
		if p.pattern.generic() {
			n++
		}
	}
	return n
}
