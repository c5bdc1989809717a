package exec

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// Session is what one user has set: properties and variables. It belongs to one
// goroutine at a time.
type Session struct {
	engine     *Engine
	properties config.Properties
	variables  map[string]string // by name in capitals
	spellings  map[string]string // of the variables' names as they were defined, by name in capitals
	events     proclog.Log
	tolerant   bool          // scripts go on after a statement that failed
	summaries  time.Duration // is the longest that SUMMARIZE reads; 0 for no limit
	leaves     bool          // scripts may be left with EXIT
	commands   func(statement string) func() error
	scripts    int    // that run at the moment, one inside the other
	folder     string // of the innermost of them, "" outside of scripts
}

// Statement is one statement, parsed with the variables of its session.
type Statement struct {
	parser.Parsed
	// text is what the spans in the tree count in.
	text string
	// script is the text that the user knows, in which text stands at offset;
	// empty where variables were substituted, which moves everything.
	script string
	offset int
}

// Engine returns the engine that executes the session's statements.
func (s *Session) Engine() *Engine { return s.engine }

// Watch has log told what goes wrong with single records in the queries that the
// session starts from now on. Nil ends that.
func (s *Session) Watch(log proclog.Log) {
	s.events = proclog.Discard
	if log != nil {
		s.events = log
	}
}

// Properties returns the properties in force.
func (s *Session) Properties() config.Properties { return s.properties }

// Variables returns the session's variables by their names in capitals. The
// caller owns the map.
func (s *Session) Variables() map[string]string { return maps.Clone(s.variables) }

// ContinueOnError lets the scripts that the session runs from now on go on after a
// statement that failed.
func (s *Session) ContinueOnError() { s.tolerant = true }

// LeaveWithExit lets EXIT and QUIT end the scripts that the session runs from now on, as those of a shell. Else
// a script that has one before other statements is an error, since these would be left out without a word.
func (s *Session) LeaveWithExit() { s.leaves = true }

// TakeCommands has statements of scripts that find knows done by what it returns, in their place among the others, and
// not executed; find returns nil for all others. It is for who shows results, and has words of its own for that.
func (s *Session) TakeCommands(find func(statement string) func() error) { s.commands = find }

// command returns what does a statement that is not ours; nil if it is.
func (s *Session) command(part parser.Part) func() error {
	if s.commands == nil {
		return nil
	}
	return s.commands(part.Text)
}

// LimitSummaries bounds how long each SUMMARIZE reads from now on, after which it answers what is known;
// 0 is no limit.
func (s *Session) LimitSummaries(longest time.Duration) { s.summaries = longest }

// SetProperty does what SET does.
func (s *Session) SetProperty(name, value string) error {
	next, err := s.properties.With(name, value)
	if unknown, ok := errors.AsType[*config.UnknownError](err); ok && s.engine.options.Elsewhere != nil {
		unknown.Instead = s.engine.options.Elsewhere(unknown.Name)
	}
	if err != nil {
		return err
	}
	s.properties = next
	return nil
}

// Define does what DEFINE does. The name has to be an identifier; its case does not
// count, but is shown.
func (s *Session) Define(name, value string) {
	key := strings.ToUpper(name)
	s.variables[key], s.spellings[key] = value, name
}

// spelled returns a name as it is written in the statement; the tree has it in capitals.
func (st Statement) spelled(n ast.Name) string {
	if n.Quoted {
		return n.Text
	}
	return n.In(st.text)
}

// Prepare parses a part of a script with the session's variables. The error is a
// *source.Error about the script.
func (s *Session) Prepare(script string, part parser.Part) (Statement, error) {
	return prepare(script, part, s.substitutions(s.variables))
}

// PrepareTest is Prepare for a script of tests, which may assert rows and
// declarations. Execute refuses such assertions: whoever runs the test makes them.
func (s *Session) PrepareTest(script string, part parser.Part) (Statement, error) {
	parsed, err := part.ParseTest(script, s.substitutions(s.variables))
	return prepared(script, part, parsed, withoutVariables(err, s.variables))
}

func prepare(script string, part parser.Part, variables map[string]string) (Statement, error) {
	parsed, err := part.Parse(script, variables)
	return prepared(script, part, parsed, withoutVariables(err, variables))
}

// prepared makes a statement of a part that was parsed, unless that failed.
func prepared(script string, part parser.Part, parsed parser.Parsed, err error) (Statement, error) {
	if err != nil {
		return Statement{}, err
	}
	st := Statement{Parsed: parsed, text: parsed.Text}
	if parsed.Text == part.Text {
		st.script, st.offset = script, part.Start
	}
	return st, nil
}

// substitutions returns the variables that ${} may name, none where it is
// switched off.
func (s *Session) substitutions(variables map[string]string) map[string]string {
	if !s.properties.Bool(config.VariableSubstitution) {
		return nil
	}
	return variables
}

// planner returns a planner for the session and the catalog of this moment.
func (s *Session) planner() *planner.Planner { return s.engine.planner(s.properties) }

// Execute executes one statement. An error about its text is a *source.Error
// about the script that it stands in.
func (s *Session) Execute(ctx context.Context, st Statement) (*Result, error) {
	if err := s.engine.checkReadOnly(st.Statement); err != nil {
		return nil, s.located(st, err)
	}
	result, err := s.attempt(ctx, st)
	if err != nil {
		return nil, s.located(st, toldReadOnly(st.Statement, err))
	}
	text := st.Text
	if st.substituted() {
		text = hideVariables(text, s.variables)
	}
	result.Statement = strings.TrimSuffix(text, ";")
	if result.Entity != nil {
		warned(result.Entity, text, result.Warnings)
	}
	return result, nil
}

// located is [Statement.Locate], and hides what variables hold that are secrets.
func (s *Session) located(st Statement, err error) error {
	if st.substituted() {
		return withoutVariables(st.Locate(err), s.variables)
	}
	return st.Locate(err)
}

// substituted reports whether the statement reads otherwise than in its script.
func (st Statement) substituted() bool { return st.script == "" }

// withoutVariables hides in a *source.Error what variables hold that are secrets.
func withoutVariables(err error, variables map[string]string) error {
	fault, ok := errors.AsType[*source.Error](err)
	if !ok {
		return err
	}
	hidden := *fault
	for _, text := range []*string{&hidden.Text, &hidden.Message, &hidden.Detail} {
		*text = hideVariables(*text, variables)
	}
	if hidden == *fault {
		return err
	}
	return &hidden
}

// secretsOf returns the variables whose names say that they are secrets.
func secretsOf(variables map[string]string) map[string]string {
	secrets := make(map[string]string)
	for name, value := range variables {
		if source.IsSecret(name) {
			secrets[name] = value
		}
	}
	return secrets
}

// hideVariables puts asterisks where a text has the value of a variable whose name says that it is
// a secret.
func hideVariables(text string, variables map[string]string) string {
	for name, value := range variables {
		if value != "" && source.IsSecret(name) {
			text = strings.ReplaceAll(text, value, source.Hidden(value))
		}
	}
	return text
}

// Locate tells a fault in the statement by the lines of its script: a *source.Error
// whose span counts in the statement's tree becomes one about the script. Other
// errors are left alone.
func (st Statement) Locate(err error) error {
	fault, ok := errors.AsType[*source.Error](err)
	if !ok {
		return err
	}
	if fault.In(st.text).Text != st.text || st.substituted() {
		return fault
	}
	return fault.Within(st.script, st.offset)
}

// dispatch calls the method of the statement.
func (s *Session) dispatch(ctx context.Context, st Statement) (*Result, error) {
	switch n := st.Statement.(type) {
	case *ast.Query:
		return s.query(ctx, st, n)
	case *ast.Print:
		return s.print(ctx, n)
	case *ast.RunScript:
		return s.runScript(ctx, n)

	case *ast.CreateSource:
		return answer(s.createSource(ctx, st, n))
	case *ast.CreateSourceAs:
		return s.createAs(ctx, st, n)
	case *ast.InsertQuery:
		return s.insertQuery(ctx, st, n)
	case *ast.AlterSource:
		return answer(s.alterSource(ctx, st, n))
	case *ast.DropSource:
		return answer(s.dropSource(ctx, st, n))
	case *ast.CreateType:
		return answer(s.createType(ctx, st, n))
	case *ast.DropType:
		return answer(s.dropType(ctx, st, n))
	case *ast.InsertValues:
		return answer(nil, s.insertValues(ctx, n))

	case *ast.Set:
		return answer(s.set(n))
	case *ast.Unset:
		return answer(s.unset(n))
	case *ast.Define:
		s.Define(st.spelled(n.Name), n.Value.Value)
		return answer(nil, nil)
	case *ast.Undefine:
		return answer(s.undefine(st, n), nil)
	case *ast.Terminate:
		return answer(s.terminate(ctx, st, n))
	case *ast.Pause:
		return answer(s.changeQueries(ctx, st, change{n.Query, n.All, "pause", "Query paused."}))
	case *ast.Resume:
		return answer(s.changeQueries(ctx, st, change{n.Query, n.All, "resume", "Query resumed."}))
	case *ast.AssertTopic:
		return answer(s.assertTopic(ctx, n))
	case *ast.AssertSchema:
		return answer(s.assertSchema(ctx, n))

	case *ast.ListQueries:
		return s.listQueries(ctx, n)
	case *ast.ListSources, *ast.ListTopics, *ast.ListFunctions, *ast.ListProperties, *ast.ListTypes,
		*ast.ListVariables, *ast.ShowCreate, *ast.DescribeSource, *ast.DescribeSources, *ast.DescribeFunction, *ast.Explain,
		*ast.ExplainRecord, *ast.Summarize:
		return answer(s.inspect(ctx, st))
	case *ast.ListConnectors, *ast.ListConnectorPlugins:
		return s.listNoConnectors(st)

	case *ast.CreateConnector, *ast.DropConnector, *ast.DescribeConnector, *ast.AlterSystem,
		*ast.AssertValues, *ast.AssertTombstone, *ast.AssertSource:
		return nil, refusal(n)
	}
	panic("exec: a statement of no known kind")
}

// inspect calls the method of a statement that shows something and changes nothing.
func (s *Session) inspect(ctx context.Context, st Statement) (Entity, error) {
	switch n := st.Statement.(type) {
	case *ast.ListSources:
		return s.listSources(ctx, n)
	case *ast.ListTopics:
		return s.listTopics(ctx, n)
	case *ast.ListFunctions:
		return s.listFunctions(), nil
	case *ast.ListProperties:
		return s.listProperties(), nil
	case *ast.ListTypes:
		return s.listTypes(), nil
	case *ast.ListVariables:
		return s.listVariables(), nil
	case *ast.ShowCreate:
		return s.showCreate(ctx, n)
	case *ast.DescribeSource:
		return s.describeSource(ctx, n)
	case *ast.DescribeSources:
		return s.describeSources(ctx, n.Kind, n.Extended)
	case *ast.DescribeFunction:
		return s.describeFunction(n)
	case *ast.Explain:
		return s.explain(ctx, st, n)
	case *ast.Summarize:
		return s.summarize(ctx, st, n)
	case *ast.ExplainRecord:
		return s.explainRecord(ctx, n)
	default: // dispatch sends no others
		return nil, refusal(n)
	}
}

// refusal says why a statement is not executed.
func refusal(n ast.Statement) error {
	switch n := n.(type) {
	case *ast.AlterSystem:
		return refused(n, "ALTER SYSTEM is not available here. Use SET, or set the property where the process is started")
	case *ast.CreateConnector, *ast.DropConnector, *ast.DescribeConnector:
		return refused(n, noConnect)
	default:
		return refused(n, "Only tests may assert rows and declarations")
	}
}

// answer makes a result of an entity, which may be nil.
func answer(e Entity, err error) (*Result, error) {
	if err != nil {
		return nil, err
	}
	return &Result{Entity: e}, nil
}

// refused says that no version will execute the statement, and why.
func refused(n ast.Node, reason string) error {
	return source.Errorf(n.Place(), "%s", reason)
}
