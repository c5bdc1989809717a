package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// production is the engine of production on a cluster in memory.
type production struct {
	cluster  *Memory
	driver   *driver
	registry *registry.Memory
	engine   *exec.Engine
	session  *exec.Session
	formats  *serde.Formats
	clock    func() time.Time
}

var _ Engine = (*production)(nil)

// environment is what the process sets in every case.
func environment() map[string]string {
	return map[string]string{
		config.ServiceID:            "some.ksql.service.id",
		config.VariableSubstitution: "false",
	}
}

// newProduction returns an engine on the cluster that takes the time from now.
func newProduction(ctx context.Context, cluster *Memory, now func() time.Time) (*production, error) {
	properties, err := config.New(environment())
	if err != nil {
		return nil, err
	}
	driver, registry := &driver{cluster: cluster}, &registry.Memory{}
	engine, err := exec.Open(ctx, exec.Options{
		Cluster: cluster, Clock: now, Properties: properties, Serve: true, Start: driver.start, Registry: registry,
	})
	if err != nil {
		return nil, err
	}
	return &production{
		cluster: cluster, driver: driver, registry: registry, engine: engine, session: engine.NewSession(),
		formats: serde.New(serde.WithRegistry(registry)), clock: now,
	}, nil
}

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

func (p *production) Execute(ctx context.Context, s Statement) (Answer, error) {
	prepared, ok := s.run.(exec.Statement)
	if !ok {
		return Answer{}, errors.New("a statement of another engine")
	}
	result, err := p.session.Execute(ctx, prepared)
	if err != nil {
		return Answer{}, err
	}
	if result.Lines != nil {
		result.Lines.Close()
	}
	answer := Answer{Rows: result.Rows}
	if result.Entity != nil {
		answer.Entity, err = json.Marshal(result.Entity)
	}
	return answer, err
}

func (p *production) Plan() *planner.Planner {
	return &planner.Planner{
		Catalog: p.engine.Catalog(), Functions: p.engine.Functions(), Formats: p.formats, Properties: p.session.Properties(),
	}
}

func (p *production) Register(ctx context.Context, spec serde.Spec) error {
	return p.formats.Register(ctx, spec, false)
}

func (p *production) Evaluate(n ast.Expr, typ *types.Type) (data.Value, error) {
	built, err := expr.Build(n, expr.Env{Functions: p.engine.Functions(), Named: p.engine.Catalog().Type, Clause: "VALUES"})
	if err != nil {
		return data.Null, err
	}
	if built, err = expr.Coerce(built, typ, expr.Lax); err != nil {
		return data.Null, err
	}
	program, err := eval.Compile(built, eval.Options{Functions: p.engine.Functions()})
	if err != nil {
		return data.Null, err
	}
	return program(&eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Now: p.clock}})
}

func (p *production) Decode(s *catalog.Source, m broker.Message) (*data.Record, error) {
	all := func(columns []types.Column) []bool { return slices.Repeat([]bool{true}, len(columns)) }
	decoder, err := hub.NewPrivate(hub.Request{Source: s, Wanted: hub.Wanted{Key: all(s.Schema.Key), Value: all(s.Schema.Value)}}, p.formats)
	if err != nil {
		return nil, err
	}
	batch := decoder.Decode([]broker.Message{m}, func(f hub.Fault) { err = f.Err })
	if err != nil {
		return nil, err
	}
	return &batch.Records[0], nil
}

func (p *production) Sources() []*catalog.Source { return p.engine.Catalog().Sources() }

func (p *production) Queries() []Query { return p.driver.running() }

func (p *production) CreateTopic(ctx context.Context, topic broker.NewTopic) error {
	return p.cluster.CreateTopic(ctx, topic)
}

func (p *production) Append(ctx context.Context, topic string, m broker.Message) (broker.Message, error) {
	one := []broker.Message{m}
	err := p.cluster.Produce(ctx, topic, one)
	return one[0], err
}

func (p *production) Registry() *registry.Memory { return p.registry }

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
