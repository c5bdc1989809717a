package datagen

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file is how the values of fields are made up.

// now is the time of the row.
func now(s *source) data.Value { return data.Bigint(s.at) }

// before is a time within the last span before the row's.
func before(span time.Duration) value {
	return func(s *source) data.Value { return data.Bigint(s.at - s.Int64N(span.Milliseconds())) }
}

// counted is the number of the row.
func counted(s *source) data.Value { return data.Int(int32(s.number)) }

func countedBig(s *source) data.Value { return data.Bigint(s.number) }

// counted10 is the number of the row in steps of ten, as text.
func counted10(s *source) data.Value { return data.String(strconv.FormatInt(s.number*10, 10)) }

// inTurn counts from 1 to n again and again.
func inTurn(n int64) value {
	return func(s *source) data.Value { return data.Int(int32(1 + (s.number-1)%n)) }
}

// between returns a number from low to high.
func (s *source) between(low, high int) int { return low + s.IntN(high-low+1) }

func between(low, high int) value {
	return func(s *source) data.Value { return data.Int(int32(s.between(low, high))) }
}

// numbered is a name with a number from low to high, such as User_7.
func numbered(name string, low, high int) value {
	return func(s *source) data.Value { return s.numbered(name, low, high) }
}

func (s *source) numbered(name string, low, high int) data.Value {
	return data.String(name + strconv.Itoa(s.between(low, high)))
}

// one is one of the texts.
func one(texts ...string) value {
	return func(s *source) data.Value { return data.String(s.pick(texts)) }
}

func (s *source) pick(texts []string) string { return texts[s.IntN(len(texts))] }

// some is an array of n different ones of the texts.
func some(n int, texts ...string) value {
	return func(s *source) data.Value {
		chosen := make([]data.Value, n)
		for i, at := range s.Perm(len(texts))[:n] {
			chosen[i] = data.String(texts[at])
		}
		return data.Array(chosen)
	}
}

func contact(s *source) data.Value {
	entry := func(name, value string) data.Entry {
		return data.Entry{Key: data.String(name), Value: data.String(value)}
	}
	return data.Map([]data.Entry{
		entry("city", s.pick(cities)), entry("phone", strconv.FormatInt(2_000_000_000+s.Int64N(8_000_000_000), 10)),
		entry("state", s.pick(states)), entry("zipcode", strconv.Itoa(s.between(10_000, 99_999))),
	})
}

// units is a quantity with two digits behind the point, so that all formats show the same.
func units(s *source) data.Value { return data.Double(float64(s.between(1, 1000)) / 100) }

func addressed(s *source) data.Value {
	return data.Struct([]data.Value{
		s.numbered("City_", 1, 99), s.numbered("State_", 1, 99), data.Bigint(int64(s.between(10_000, 99_999))),
	})
}

// uuid is a random UUID (version 4, RFC 9562).
func uuid(s *source) data.Value {
	const version, variant = 0x4000, 0x8000_0000_0000_0000
	high, low := s.Uint64()&^0xf000|version, s.Uint64()&^(3<<62)|variant
	return data.String(fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&(1<<48-1)))
}

// person is whom a row is about.
type person struct{ first, last string }

func choosePerson(s *source) { s.person = person{s.pick(firstNames), s.pick(lastNames)} }

func firstName(s *source) data.Value { return data.String(s.person.first) }
func lastName(s *source) data.Value  { return data.String(s.person.last) }
func fullName(s *source) data.Value  { return data.String(s.person.first + " " + s.person.last) }
func userName(s *source) data.Value {
	return data.String(strings.ToLower(s.person.first[:1] + s.person.last))
}

// visitors is how many users the clickstream knows.
const visitors = 40

// visit is a session: some requests of one user from one place.
type visit struct {
	ip, agent string
	user      int32
	left      int // requests
}

// goOnWithVisit chooses the visit that a request belongs to, out of as many as go on at
// a time. One that is over makes room for another.
func goOnWithVisit(s *source) {
	const atATime, longest = 30, 40
	if s.visits == nil {
		s.visits = make([]*visit, atATime)
	}
	at := s.IntN(atATime)
	if s.visits[at] == nil || s.visits[at].left == 0 {
		s.visits[at] = &visit{
			ip:    fmt.Sprintf("%d.%d.%d.%d", s.between(1, 223), s.IntN(256), s.IntN(256), s.between(1, 254)),
			agent: s.pick(agents), user: int32(s.between(1, visitors)), left: s.between(1, longest),
		}
	}
	s.visit = s.visits[at]
	s.visit.left--
}

func visitIP(s *source) data.Value    { return data.String(s.visit.ip) }
func visitAgent(s *source) data.Value { return data.String(s.visit.agent) }
func visitor(s *source) data.Value    { return data.Int(s.visit.user) }

// statusCodes are what requests are answered with.
var statusCodes = []int{
	http.StatusOK, http.StatusFound, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
	http.StatusProxyAuthRequired, http.StatusInternalServerError,
}

func statusCode(s *source) data.Value { return data.Int(int32(statusCodes[s.IntN(len(statusCodes))])) }

func (s *source) codeInTurn() int { return statusCodes[(s.number-1)%int64(len(statusCodes))] }

func codeInTurn(s *source) data.Value       { return data.Int(int32(s.codeInTurn())) }
func definitionInTurn(s *source) data.Value { return data.String(http.StatusText(s.codeInTurn())) }

func bytesSent(s *source) data.Value { return data.Bigint(int64(s.between(100, 16_384))) }
