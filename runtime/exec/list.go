package exec

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// listSources is SHOW STREAMS and SHOW TABLES.
func (s *Session) listSources(ctx context.Context, n *ast.ListSources) (Entity, error) {
	if n.Extended {
		return s.describeSources(ctx, n.Kind, true)
	}
	infos := []SourceInfo{}
	for _, known := range s.sources(n.Kind) {
		infos = append(infos, newSourceInfo(known))
	}
	if n.Kind == ast.Table {
		return &Tables{Head: Head{Type: "tables"}, Tables: infos}, nil
	}
	return &Streams{Head: Head{Type: "streams"}, Streams: infos}, nil
}

// sources returns all streams or all tables in the order of their names.
func (s *Session) sources(kind ast.Kind) []*catalog.Source {
	return slices.DeleteFunc(s.engine.Catalog().Sources(), func(source *catalog.Source) bool {
		return source.Kind != catalog.Kind(kind)
	})
}

// listTopics is SHOW TOPICS. Without ALL it leaves out what belongs to the
// cluster and its tools.
func (s *Session) listTopics(ctx context.Context, n *ast.ListTopics) (Entity, error) {
	topics, err := s.engine.options.Cluster.Topics(ctx)
	if err != nil {
		return nil, err
	}
	infos := []TopicInfo{}
	for _, t := range topics {
		if n.All || !hidden(t, s.properties) {
			infos = append(infos, newTopicInfo(t))
		}
	}
	if !n.Extended {
		return &Topics{Head: Head{Type: "kafka_topics"}, Topics: infos}, nil
	}
	groups, err := s.engine.options.Cluster.Groups(ctx)
	if err != nil {
		return nil, err
	}
	return extendTopics(infos, groups), nil
}

// newTopicInfo counts the replicas of each partition.
func newTopicInfo(t broker.Topic) TopicInfo {
	info := TopicInfo{Name: t.Name, Replicas: make([]int, len(t.Partitions))}
	for i, p := range t.Partitions {
		info.Replicas[i] = len(p.Replicas)
	}
	return info
}

// extendTopics adds to each topic how many consumers, of how many groups, are
// assigned partitions of it.
func extendTopics(infos []TopicInfo, groups []broker.Group) *TopicsExtended {
	answer := &TopicsExtended{Head: Head{Type: "kafka_topics_extended"}, Topics: []TopicInfoExtended{}}
	for _, info := range infos {
		extended := TopicInfoExtended{TopicInfo: info}
		for _, g := range groups {
			if n := consumers(g, info.Name); n > 0 {
				extended.Consumers += n
				extended.Groups++
			}
		}
		answer.Topics = append(answer.Topics, extended)
	}
	return answer
}

// consumers counts the members of a group that read a topic.
func consumers(g broker.Group, topic string) int {
	members := map[string]bool{}
	for _, p := range g.Partitions {
		if p.Topic == topic && p.Member != "" {
			members[p.Member] = true
		}
	}
	return len(members)
}

// listQueries is SHOW QUERIES: the persistent ones in the order of their creation,
// then those that somebody reads.
func (s *Session) listQueries(ctx context.Context, n *ast.ListQueries) (*Result, error) {
	e := s.engine
	persistent, transient := e.now().queries, e.queries.all()
	if n.Extended {
		answer := &Explanations{Head: Head{Type: "query_descriptions"}, Queries: []*QueryDescription{}}
		for _, q := range persistent {
			d, err := e.describeQuery(ctx, q)
			if err != nil {
				return nil, err
			}
			answer.Queries = append(answer.Queries, d)
		}
		for _, r := range transient {
			answer.Queries = append(answer.Queries, r.describe())
		}
		for _, d := range answer.Queries {
			d.hide(s.variables)
		}
		return &Result{Entity: answer}, nil
	}
	answer := &Queries{Head: Head{Type: "queries"}, Queries: e.infos(ctx, persistent)}
	result := &Result{Entity: answer, Warnings: e.unattended(ctx, answer.Queries)}
	for _, r := range transient {
		answer.Queries = append(answer.Queries, r.info())
	}
	for i := range answer.Queries {
		answer.Queries[i].Text = hideVariables(answer.Queries[i].Text, s.variables)
	}
	return result, nil
}

// listFunctions is SHOW FUNCTIONS. Names come sorted from the registry, so sorting
// by category keeps them in order within.
func (s *Session) listFunctions() Entity {
	answer := &Functions{Head: Head{Type: "function_names"}, Functions: []FunctionName{}}
	for _, name := range s.engine.functions.Names() {
		f := s.engine.functions.Lookup(name)
		answer.Functions = append(answer.Functions,
			FunctionName{Name: f.Name, Type: functionType(f.Kind), Category: f.Category})
	}
	slices.SortStableFunc(answer.Functions, func(a, b FunctionName) int { return cmp.Compare(a.Category, b.Category) })
	return answer
}

// listProperties is SHOW PROPERTIES. Those of the connection to the cluster,
// where secrets are, are not among them.
func (s *Session) listProperties() Entity {
	answer := &Properties{Head: Head{Type: "properties"}, Overwritten: []string{}, Default: []string{}}
	for _, row := range config.All() {
		value, level, set := s.properties.Lookup(row.Name)
		property := Property{Name: row.Name, Scope: row.Scope, Editable: !row.Fixed, Level: level}
		if set {
			property.Value = new(withoutPassword(value))
		}
		answer.Properties = append(answer.Properties, property)
		if level == config.Standard {
			answer.Default = append(answer.Default, row.Name)
		} else {
			answer.Overwritten = append(answer.Overwritten, row.Name)
		}
	}
	return answer
}

// withoutPassword hides the passwords in a value of addresses with commas between them.
func withoutPassword(value string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		if address, err := url.Parse(strings.TrimSpace(part)); err == nil && address.User != nil {
			parts[i] = address.Redacted()
		}
	}
	return strings.Join(parts, ",")
}

// listTypes is SHOW TYPES.
func (s *Session) listTypes() Entity {
	c := s.engine.Catalog()
	answer := &TypeList{Head: Head{Type: "type_list"}, Types: map[string]TypeInfo{}, named: map[string]*types.Type{}}
	for _, name := range c.TypeNames() {
		t, _ := c.Type(name)
		answer.Types[name] = newTypeInfo(t)
		answer.named[name] = t
	}
	return answer
}

// listVariables is SHOW VARIABLES, those of the session alone, with asterisks for passwords.
func (s *Session) listVariables() Entity {
	answer := &Variables{Head: Head{Type: "variables"}, Variables: []Variable{}}
	for _, name := range slices.Sorted(maps.Keys(s.variables)) {
		value := s.variables[name]
		if source.IsSecret(name) {
			value = source.Hidden(value)
		}
		answer.Variables = append(answer.Variables, Variable{Name: s.spellings[name], Value: value})
	}
	return answer
}
