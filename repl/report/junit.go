package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// This file writes results of tests as JUnit does, for machines that build software.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	elapsed  time.Duration
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes results as JUnit's XML: a suite for each file, in which what is wrong
// with a test is the text that a [Report] shows.
func WriteJUnit(w io.Writer, results []*sqltest.Result, took time.Duration) error {
	all := junitSuites{Time: seconds(took)}
	for _, r := range results {
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != r.Test.Path {
			all.Suites = append(all.Suites, junitSuite{Name: r.Test.Path})
		}
		suite := &all.Suites[len(all.Suites)-1]
		suite.add(r)
		all.Tests++
		if !r.Passed() {
			all.Failures++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(r *sqltest.Result) {
	c := junitCase{Class: r.Test.Path, Name: r.Test.Name, File: r.Test.Path, Line: r.Test.Line, Time: seconds(r.Elapsed)}
	switch {
	case !r.Passed():
		s.Failures++
		lines := (&Report{}).failure(r)
		c.Failure = &junitFailure{Message: reason(r.Err), Text: strings.Join(lines, "\n")}
	case r.Assertions == 0:
		c.Out = "asserts nothing"
	}
	s.Tests++
	s.elapsed += r.Elapsed
	s.Time = seconds(s.elapsed)
	s.Cases = append(s.Cases, c)
}

// reason says in a sentence why a test has failed, without the place.
func reason(err error) string {
	if _, ok := errors.AsType[*sqltest.ExpectationError](err); ok {
		return err.Error()
	}
	if step, ok := errors.AsType[*sqltest.StepError](err); ok {
		err = step.Err
	}
	if fault, ok := errors.AsType[*source.Error](err); ok {
		return fault.Message
	}
	return err.Error()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
