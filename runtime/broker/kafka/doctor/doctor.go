package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
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

	most  time.Duration // that a step may take; 0 for what the properties say
	brief bool          // says that only the way is of interest, not what lies at its end
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
	registry := func() error { return nil }
	if o.Registry != nil {
		registry = e.askRegistry(ctx)
	}
	if e.prepare() && e.reach(ctx) {
		if o.Topic != "" {
			said, err := e.readTopic(ctx)
			e.tell(Topic, said, err)
		} else if !o.brief {
			e.lookForTopics(ctx)
		}
	}
	if o.Registry != nil {
		e.tell(Registry, "answers", registry())
	}
	return e.faults
}

// tell reports a step, and whether it has succeeded.
func (e *examination) tell(step Step, said string, err error) bool {
	if err == nil {
		e.pass(Finding{Step: step, Said: said})
		return true
	}
	e.pass(Finding{Step: step, Fault: faultOf(err)})
	return false
}

// pass reports a finding, and counts it if it is a fault that matters.
func (e *examination) pass(f Finding) {
	if f.Fault != nil && !e.spare {
		e.faults++
	}
	f.Spared = f.Fault != nil && e.spare
	e.report(f)
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

// entry is how the way to one server goes, or has gone.
type entry struct {
	// findings come while it is gone; it is closed at the end, and what follows is valid then.
	findings chan Finding
	brokers  []node
	entered  bool
}

// reach tries all servers at the same time until one lets this client in, and then the
// brokers that it names. What was found is told in the order of the servers, as if they had been tried
// one after the other.
func (e *examination) reach(ctx context.Context) bool {
	servers := e.way.Servers()
	trying, stop := e.within(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	entries := make([]*entry, len(servers))
	for i, server := range servers {
		entries[i] = e.begin(trying, server, &running)
	}
	for i, tried := range entries {
		e.spare = i < len(servers)-1
		for f := range tried.findings {
			e.pass(f)
		}
		if tried.entered {
			stop()
			e.spare = false
			return e.visit(ctx, servers[i], tried.brokers)
		}
	}
	return false
}

// begin goes the way to one server, in a goroutine.
func (e *examination) begin(ctx context.Context, server string, running *sync.WaitGroup) *entry {
	const most = 10 // findings, so that nobody is waited for who is not listened to
	tried := &entry{findings: make(chan Finding, most)}
	own := &examination{Options: e.Options, way: e.way, report: func(f Finding) { tried.findings <- f }}
	running.Go(func() {
		defer close(tried.findings)
		tried.brokers, tried.entered = own.enter(ctx, server)
	})
	return tried
}

// enter takes the steps to one server, and returns the brokers that it names.
func (e *examination) enter(ctx context.Context, server string) ([]node, bool) {
	if !e.connect(ctx, server) {
		return nil, false
	}
	answer, err := e.metadata(ctx, server)
	if login := e.way.Login(); login != nil && !e.tell(SASL, fmt.Sprintf("%s lets %s in by %s", server, e.way.Principal(), login.Name), err) {
		return nil, false
	}
	if err != nil {
		return nil, e.tell(Metadata, "", err)
	}
	return answer.brokers, e.tell(Metadata, fmt.Sprintf("cluster %s, %s", answer.id, display.Counted(len(answer.brokers), "broker")), nil)
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

// within keeps all steps to a server within little more than the time for one: what a step finds out
// about its failure is worth no long wait.
func (e *examination) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, e.patience()+time.Second)
}

// seconds is a time as people say it.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3g s", d.Seconds()) }
