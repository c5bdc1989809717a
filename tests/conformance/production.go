package conformance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// production is the engine of production on a cluster in memory.
type production struct {
	cluster *Memory
	engine  *exec.Engine
	session *exec.Session
}

var _ Engine = (*production)(nil)

// environment is what the process sets in every case.
func environment() map[string]string {
	return map[string]string{
		config.ServiceID:            "some.ksql.service.id",
		config.VariableSubstitution: "false",
	}
}

// newProduction returns an engine on the cluster, whose clock stands at now or, if
// that is nil, runs.
func newProduction(ctx context.Context, cluster *Memory, now func() time.Time) (*production, error) {
	properties, err := config.New(environment())
	if err != nil {
		return nil, err
	}
	engine, err := exec.Open(ctx, exec.Options{Cluster: cluster, Clock: now, Properties: properties})
	if err != nil {
		return nil, err
	}
	return &production{cluster: cluster, engine: engine, session: engine.NewSession()}, nil
}

// epoch is a clock that stands at 1970.
func epoch() time.Time { return time.UnixMilli(0) }

func (p *production) Set(name, value string) error { return p.session.SetProperty(name, value) }

func (p *production) Parse(script string) ([]Statement, error) {
	if _, err := parser.Parse(script); err != nil {
		return nil, err
	}
	var statements []Statement
	for _, part := range parser.Split(script).Parts {
		prepared, err := p.session.Prepare(script, part)
		if err != nil {
			return nil, err
		}
		statements = append(statements, Statement{Text: part.Text, run: prepared})
	}
	return statements, nil
}

func (p *production) Execute(ctx context.Context, s Statement) error {
	prepared, ok := s.run.(exec.Statement)
	if !ok {
		return errors.New("a statement of another engine")
	}
	result, err := p.session.Execute(ctx, prepared)
	if err != nil {
		return err
	}
	if result.Rows != nil {
		result.Rows.Close()
	}
	if result.Lines != nil {
		result.Lines.Close()
	}
	return nil
}

func (p *production) Sources() []*catalog.Source { return p.engine.Catalog().Sources() }

func (p *production) Queries() []Query { return nil }

func (p *production) CreateTopic(ctx context.Context, topic broker.NewTopic) error {
	return p.cluster.CreateTopic(ctx, topic)
}

func (p *production) Append(ctx context.Context, topic string, m broker.Message) (broker.Message, error) {
	one := []broker.Message{m}
	err := p.cluster.Produce(ctx, topic, one)
	return one[0], err
}

func (p *production) Log(topic string) ([]broker.Message, bool) { return p.cluster.Log(topic) }

func (p *production) TopicNames() []string {
	topics, err := p.cluster.Topics(context.Background())
	if err != nil {
		panic(fmt.Sprintf("conformance: the cluster in memory: %v", err))
	}
	names := make([]string, len(topics))
	for i, t := range topics {
		names[i] = t.Name
	}
	return names
}

func (p *production) Close() error { return p.engine.Close() }
