package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// Options say what is to be examined.
type Options struct {
	// Config is how a client would connect.
	Config kafka.Config
	// Idle are properties that were given and have no effect, to be told.
	Idle []string
	// Topic is to be read; "" for none.
	Topic string
	// Registry reads something of the schema registry; nil without one.
	Registry func(context.Context) error
	// Lookup resolves a name, by default as the system does. With a Dial of their own
	// connections need none.
	Lookup func(ctx context.Context, host string) ([]string, error)

	most time.Duration // that a step may take; 0 for what the properties say
}

// examination is one walk along the way.
type examination struct {
	Options
	way    *kafka.Way
	report func(Finding)
	faults int
	spare  bool // there are other servers to be tried
}

// Examine takes all steps and reports each as it is done. It returns how many have failed;
// those that could only fail after that are left out, and so are servers that another one may replace.
func Examine(ctx context.Context, o Options, report func(Finding)) (faults int) {
	e := &examination{Options: o, report: report}
	if e.Lookup == nil && o.Config.Dial == nil {
		e.Lookup = net.DefaultResolver.LookupHost
	}
	if e.Config.Logger == nil {
		e.Config.Logger = slog.New(slog.DiscardHandler)
	}
	if e.prepare() && e.reach(ctx) && o.Topic != "" {
		said, err := e.readTopic(ctx)
		e.tell(Topic, said, err)
	}
	if o.Registry != nil {
		e.tell(Registry, "answers", e.askRegistry(ctx))
	}
	return e.faults
}

// tell reports a step, and whether it has succeeded.
func (e *examination) tell(step Step, said string, err error) bool {
	if err == nil {
		e.report(Finding{Step: step, Said: said})
		return true
	}
	if !e.spare {
		e.faults++
	}
	e.report(Finding{Step: step, Fault: faultOf(err), Spared: e.spare})
	return false
}

// prepare reads the properties and the files that they name.
func (e *examination) prepare() bool {
	way, err := kafka.NewWay(e.Config)
	if err != nil {
		return e.tell(Properties, "", propertyFault(err))
	}
	e.way = way
	said := "security.protocol is " + way.Protocol()
	if login := way.Login(); login != nil {
		said += ", sasl.mechanism " + login.Name
	}
	if len(e.Idle) > 0 {
		said += "; without effect here: " + strings.Join(e.Idle, ", ")
	}
	return e.tell(Properties, said, nil)
}

// reach tries one server after the other until one lets this client in, and then the
// brokers that it names.
func (e *examination) reach(ctx context.Context) bool {
	servers := e.way.Servers()
	for i, server := range servers {
		e.spare = i < len(servers)-1
		if brokers, ok := e.enter(ctx, server); ok {
			e.spare = false
			return e.visit(ctx, server, brokers)
		}
	}
	return false
}

// enter takes the steps to one server, and returns the brokers that it names.
func (e *examination) enter(ctx context.Context, server string) ([]node, bool) {
	if !e.connect(ctx, server) {
		return nil, false
	}
	answer, err := e.metadata(ctx, server)
	step := Metadata
	if err != nil && e.way.Login() != nil {
		step = SASL
	}
	if err != nil {
		return nil, e.tell(step, "", err)
	}
	if login := e.way.Login(); login != nil {
		e.tell(SASL, fmt.Sprintf("%s lets %s in by %s", server, e.way.Principal(), login.Name), nil)
	}
	return answer.brokers, e.tell(Metadata, fmt.Sprintf("cluster %s, %s", answer.cluster, display.Counted(len(answer.brokers), "broker")), nil)
}

// connect takes the steps to one server that need no client of Kafka.
func (e *examination) connect(ctx context.Context, server string) bool {
	host, _, _ := net.SplitHostPort(server)
	if e.named(host) {
		addresses, err := e.resolve(ctx, host)
		if !e.tell(DNS, host+" is "+strings.Join(addresses, ", "), err) {
			return false
		}
	}
	raw, err := e.dial(ctx, server)
	if !e.tell(TCP, server+" accepts connections", err) {
		return false
	}
	_ = raw.Close()
	if e.way.Encrypted() {
		said, err := e.secure(ctx, server)
		if !e.tell(TLS, said, err) {
			return false
		}
	}
	return e.tell(Kafka, server+" speaks Kafka", e.sniff(ctx, server))
}

// named reports whether a host is to be looked up: an address needs no DNS.
func (e *examination) named(host string) bool { return e.Lookup != nil && net.ParseIP(host) == nil }

// patience is how long one step may take.
func (e *examination) patience() time.Duration {
	if e.most > 0 {
		return min(e.most, e.way.Timeout())
	}
	return e.way.Timeout()
}

// bounded keeps one step within the time for it.
func (e *examination) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, e.patience())
}

// seconds is a time as people say it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3g s", d.Seconds()) }
