package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/doctor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestDoctor runs testdata/*.ddt: `doctor SERVER [topic=NAME]` starts a server of the world, and
// examines it with the properties of the input, in which ADDRESS is where it is, WEB a server of tokens,
// and FILES the folder of certificates. It prints what each step has found.
func TestDoctor(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := newWorld(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			if d.Cmd != "doctor" || w.start[d.CmdArgs[0].Key] == nil {
				t.Fatalf("%s: unknown command", d.Pos)
			}
			var topic string
			d.MaybeScanArgs(t, "topic", &topic)
			return w.examine(t, w.start[d.CmdArgs[0].Key](t, w), topic, d.Input)
		})
	})
}

// An error keeps what was done, and what it is, and gets the cause; others stay as they are.
func TestExplain(t *testing.T) {
	t.Parallel()
	config := kafka.Config{Properties: map[string]string{"bootstrap.servers": "127.0.0.1:1"}}
	_, opened := kafka.Open(t.Context(), config)
	explain := doctor.NewExplainer(config, time.Now).Explain
	err := explain(t.Context(), fmt.Errorf("listing topics: %w", opened))
	if want := "listing topics: broker is unreachable: nothing listens on 127.0.0.1:1: start the broker, or correct the port in bootstrap.servers"; err.Error() != want ||
		!errors.Is(err, broker.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
	for _, other := range []error{nil, broker.ErrUnknownTopic, broker.ErrAuthorization} {
		if got := explain(t.Context(), other); got != other { //nolint:errorlint // the very error
			t.Errorf("%v became %v", other, got)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if got := explain(ended, opened); got != opened { //nolint:errorlint // the very error
		t.Errorf("after the end: %v", got)
	}
	w := newWorld(t)
	well := kafka.Config{Properties: map[string]string{"bootstrap.servers": w.start["plain"](t, w)}}
	if got := doctor.NewExplainer(well, time.Now).Explain(t.Context(), opened); got != opened { //nolint:errorlint // the very error
		t.Errorf("when all is well again: %v", got)
	}
}

// Servers that say nothing are not waited for one after the other, and not again at the next error.
func TestExplainInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	servers := []string{w.start["silent"](t, w), w.start["silent"](t, w), w.start["silent"](t, w)}
	var dials atomic.Int32
	config := kafka.Config{
		Properties: map[string]string{"bootstrap.servers": strings.Join(servers, ",")},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	explainer := doctor.NewExplainer(config, time.Now)
	begun := time.Now()
	err := explainer.Explain(t.Context(), broker.ErrUnreachable)
	if want := servers[0] + " accepts connections and does not answer within 3 s"; !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("it took %v", took)
	}
	before := dials.Load()
	if again := explainer.Explain(t.Context(), broker.ErrUnreachable); again.Error() != err.Error() || dials.Load() != before {
		t.Errorf("the second time: %v after %d dials", again, dials.Load()-before)
	}
	waiting, cancel := context.WithCancel(t.Context())
	cancel()
	if got := explainer.Explain(waiting, broker.ErrAuthentication); got != broker.ErrAuthentication { //nolint:errorlint // the very error
		t.Errorf("after the end: %v", got)
	}
}

// Servers are tried at the same time, and told in their order, up to the first that lets a client in.
func TestServersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	silent := func() string { return w.start["silent"](t, w) }
	for name, test := range map[string]struct {
		servers []string
		faults  int
		found   string
	}{
		"none":   {[]string{silent(), silent(), silent()}, 1, "TCP Kafka! TCP Kafka! TCP Kafka!"},
		"second": {[]string{silent(), w.start["plain"](t, w), silent()}, 0, "TCP Kafka! DNS TCP Kafka metadata advertised addresses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := kafka.Config{Properties: map[string]string{
				"bootstrap.servers": strings.Join(test.servers, ","), "socket.connection.setup.timeout.ms": "1500",
			}}
			found, begun := "", time.Now()
			faults := doctor.Examine(t.Context(), doctor.Options{Config: config, Lookup: lookup}, func(f doctor.Finding) {
				if f.Step == doctor.Properties {
					return
				}
				found += " " + string(f.Step)
				if f.Fault != nil {
					found += "!"
				}
			})
			if found != " "+test.found || faults != test.faults {
				t.Errorf("%d faults:%s", faults, found)
			}
			if took := time.Since(begun); took > 2900*time.Millisecond { // two of them one after the other take longer
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A schema registry is asked meanwhile, and not waited for without end.
func TestRegistryThatIsSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := kafka.Config{Properties: map[string]string{"bootstrap.servers": w.start["silent"](t, w)}}
	registry := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	begun, said := time.Now(), ""
	doctor.Examine(t.Context(), doctor.Options{Config: config, Registry: registry}, func(f doctor.Finding) {
		if f.Step == doctor.Registry {
			said = f.Fault.Cause
		}
	})
	if said != "it does not answer within 5 s" || time.Since(begun) > 8*time.Second {
		t.Errorf("%s after %v", said, time.Since(begun))
	}
}

// examine prints the findings.
func (w *world) examine(t *testing.T, address, topic, properties string) string {
	t.Helper()
	replace := strings.NewReplacer("ADDRESS", address, "FILES", w.folder, "STORES", filepath.Join("..", "..", "..", "keystore", "testdata"),
		"WEB", web(t).URL, "USER", user, "PASSWORD", password)
	file := filepath.Join(t.TempDir(), "client.properties")
	write(t, file, replace.Replace("socket.connection.setup.timeout.ms=1000\nbootstrap.servers=ADDRESS\n"+properties))
	given, err := kafka.LoadProperties(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	options := doctor.Options{Config: kafka.Config{Properties: given.Values, Places: given.Places}, Topic: topic, Lookup: lookup}
	faults := doctor.Examine(t.Context(), options, func(f doctor.Finding) {
		if f.Fault == nil {
			fmt.Fprintf(&out, "ok    %s: %s\n", f.Step, f.Said)
			return
		}
		mark := "FAULT"
		if f.Spared {
			mark = "WARN "
		}
		fmt.Fprintf(&out, "%s %s: %s\n      %s\n", mark, f.Step, f.Fault.Cause, f.Fault.Change)
	})
	text := out.String()
	if strings.Contains(text, "s3cret") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	if got := strings.Count(text, "FAULT"); got != faults {
		t.Errorf("%d faults were returned, %d told", faults, got)
	}
	return scrub(strings.ReplaceAll(text, file, "client.properties"), address, w.folder)
}

// scrub replaces what differs from run to run.
func scrub(text, address, folder string) string {
	text = strings.ReplaceAll(text, folder+string(os.PathSeparator), "FILES/")
	text = strings.ReplaceAll(text, address, "ADDRESS")
	text = timePattern.ReplaceAllString(text, "TIME")
	text = datePattern.ReplaceAllString(text, "DATE")
	return portPattern.ReplaceAllString(text, "127.0.0.1:PORT")
}

var (
	timePattern = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)
	datePattern = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	portPattern = regexp.MustCompile(`127\.0\.0\.1:\d{4,5}`)
)
