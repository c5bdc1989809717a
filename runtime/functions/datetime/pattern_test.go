package datetime_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine that runs the tests may have none

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/functions/datetime"
)

// TestGolden runs the goldens. Each command has a pattern as its first line
// and then texts or values:
//
//	format [zone=Z]   timestamps in ISO form
//	format-date       dates
//	format-time       times, with milliseconds in digits
//	parse [zone=Z]    texts as timestamps
//	parse-date        texts as dates
//	parse-time        texts as times
//	parse-simple      texts as dates, in the other dialect
//	compile           patterns alone, one a line
func TestGolden(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if !strings.HasSuffix(path, ".ddt") {
			return // a corpus of a fuzz test
		}
		datadriven.RunTest(t, path, run)
	})
}

func run(t *testing.T, d *datadriven.TestData) string {
	zone := time.UTC
	if d.HasArg("zone") {
		var name string
		d.ScanArgs(t, "zone", &name)
		var err error
		if zone, err = datetime.FindZone(name); err != nil {
			d.Fatalf(t, "%v", err)
		}
	}
	pattern, input, _ := strings.Cut(d.Input, "\n")
	if d.Cmd == "compile" {
		pattern, input = "", d.Input
	}
	var out strings.Builder
	for line := range strings.SplitSeq(input, "\n") {
		result, err := evaluate(d.Cmd, pattern, line, zone)
		if err != nil {
			result = "error: " + err.Error()
		}
		fmt.Fprintf(&out, "%s\n", result)
	}
	return out.String()
}

func evaluate(command, pattern, line string, zone *time.Location) (string, error) {
	switch command {
	case "compile":
		_, err := datetime.Compile(line)
		return "ok", err
	case "parse-simple":
		p, err := datetime.CompileSimple(pattern)
		if err != nil {
			return "", err
		}
		days, err := p.ParseDate(line, time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC))
		return string(types.AppendDate(nil, days)), err
	}
	p, err := datetime.Compile(pattern)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(command, "format") {
		return format(p, command, line, zone)
	}
	return parse(p, command, line, zone)
}

func format(p *datetime.Pattern, command, line string, zone *time.Location) (string, error) {
	var out []byte
	var n int64
	var err error
	switch command {
	case "format":
		if n, err = types.ParseTimestamp(line); err == nil {
			out, err = p.AppendTimestamp(nil, n, zone)
		}
	case "format-date":
		if n, err = types.ParseDate(line); err == nil {
			out, err = p.AppendDate(nil, n)
		}
	default:
		if n, err = types.ParseTime(line); err == nil {
			out, err = p.AppendTime(nil, n)
		}
	}
	return string(out), err
}

func parse(p *datetime.Pattern, command, line string, zone *time.Location) (string, error) {
	switch command {
	case "parse":
		ms, err := p.ParseTimestamp(line, zone)
		return string(types.AppendTimestamp(nil, ms)), err
	case "parse-date":
		days, err := p.ParseDate(line)
		return string(types.AppendDate(nil, days)), err
	}
	ms, err := p.ParseTime(line)
	return strconv.FormatInt(ms, 10), err
}

// TestRoundTrip checks that what patterns of whole dates and times format, they parse again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"yyyy-MM-dd'T'HH:mm:ss.SSSX", "uuuuMMddHHmmssSSS", "EEE d MMM uuuu h:mm:ss.SSS a", "uuuu-DDD A", "YYYY-'W'ww-e HH:mm:ss.SSS", "y G M d N", "g n k:m:s",
	} {
		p, err := datetime.Compile(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for ms := int64(-62_000_000_000_000); ms < 250_000_000_000_000; ms += 7_777_777_777_777 {
			text, err := p.AppendTimestamp(nil, ms, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := p.ParseTimestamp(string(text), time.UTC); err != nil || got != ms {
				t.Errorf("%s: %d is %s, which is %d (%v)", pattern, ms, text, got, err)
			}
		}
	}
}

// FuzzCompile checks that no pattern and no text make the package panic.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"yyyy-MM-dd'T'HH:mm:ss.SSSX", "[EEE ]d MMM uuuu", "ppphh a", "YYYY-'W'ww-e", "VV z OOOO ''", "yyMMddHHmmssSSS"} {
		f.Add(seed, "2020-02-28T14:10:00.000Z", int64(1582899000123))
	}
	f.Fuzz(func(t *testing.T, pattern, text string, ms int64) {
		if simple, err := datetime.CompileSimple(pattern); err == nil {
			_, _ = simple.ParseDate(text, time.UnixMilli(0))
		}
		p, err := datetime.Compile(pattern)
		if err != nil {
			return
		}
		_, _ = p.ParseTimestamp(text, time.UTC)
		if out, err := p.AppendTimestamp(nil, ms, time.UTC); err == nil {
			_, _ = p.ParseTimestamp(string(out), time.UTC)
		}
	})
}

func BenchmarkFormatTimestamp(b *testing.B) {
	p, err := datetime.Compile("yyyy-MM-dd'T'HH:mm:ss.SSSX")
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.AppendTimestamp(buf, 1582899000123, time.UTC); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseTimestamp(b *testing.B) {
	p, err := datetime.Compile("yyyy-MM-dd'T'HH:mm:ss.SSSX")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.ParseTimestamp("2020-02-28T14:10:00.123Z", time.UTC); err != nil {
			b.Fatal(err)
		}
	}
}
