package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Read reads all cases of a corpus, in the order of their files.
func Read(folder string) ([]*Case, error) {
	var all []*Case
	for _, read := range []func(string) ([]*Case, error){readQTT, readScripts, readRQTT} {
		cases, err := read(folder)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	if err := readTiers(folder, all); err != nil {
		return nil, err
	}
	distinguish(all)
	return all, nil
}

// node is a member of a file that is kept as a tree.
type node struct{ tree any }

// UnmarshalJSON keeps the text of numbers and the order of members.
func (n *node) UnmarshalJSON(text []byte) (err error) {
	n.tree, err = parseTree(text)
	return err
}

// file is a file of qtt or rqtt. Its cases are read one by one.
type file struct{ Tests []json.RawMessage }

// fileCase is a case as it is written.
type fileCase struct {
	Name              string
	Statements        []string
	Format, Config    []string
	Properties        map[string]any
	Topics            []fileTopic
	Inputs, Outputs   []fileRecord
	Post              filePost
	ExpectedException *Exception
	ExpectedError     *ServerError
	Responses         []map[string]node
	InputConditions   struct{ WaitForActivePushQuery bool }
}

type fileTopic struct {
	Name                                       string
	Partitions                                 int32
	Replicas                                   int16
	KeyFormat, ValueFormat                     string
	KeySchema, ValueSchema                     *node
	KeySchemaID, ValueSchemaID                 int
	KeySchemaReferences, ValueSchemaReferences []fileReference
}

type fileReference struct {
	Name, Format string
	Schema       node
}

type fileRecord struct {
	Topic      string
	Key, Value node
	Timestamp  *int64
	Window     *WindowSpec
	Headers    []HeaderSpec
}

type filePost struct {
	Sources []SourceSpec
	Topics  struct {
		Blacklist string
		Topics    []filePostTopic
	}
}

type filePostTopic struct {
	Name                   string
	KeyFormat, ValueFormat *FormatSpec
	KeySchema, ValueSchema *node
	Partitions             int32
}

// readFile reads one file of JSON into v.
func readFile(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the corpus: %w", err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// readFolder reads the cases of all files of one part, expanded.
func readFolder(folder string, kind Kind) ([]*Case, error) {
	paths, err := filepath.Glob(filepath.Join(folder, string(kind), "*.json"))
	if err != nil {
		return nil, err
	}
	var all []*Case
	for _, path := range paths {
		var f file
		if err := readFile(path, &f); err != nil {
			return nil, err
		}
		for _, text := range f.Tests {
			all = append(all, readCase(kind, filepath.Base(path), text)...)
		}
	}
	return all, nil
}

// readCase reads one case and expands it. One that cannot be read says so when it is run.
func readCase(kind Kind, path string, text []byte) []*Case {
	var f fileCase
	err := json.Unmarshal(text, &f)
	one := f.asCase(kind, path)
	one.unreadable = err
	return one.concrete(f.Format, f.Config)
}

func readRQTT(folder string) ([]*Case, error) { return readFolder(folder, RQTT) }

// readQTT reads the query tests and the catalogs that they leave.
func readQTT(folder string) ([]*Case, error) {
	all, err := readFolder(folder, QTT)
	if err != nil {
		return nil, err
	}
	catalogs := map[string]map[string]struct{ Sources []SourceSpec }{}
	for _, c := range all {
		if catalogs[c.File] == nil {
			content := map[string]struct{ Sources []SourceSpec }{}
			err := readFile(filepath.Join(folder, "qtt-schemas", c.File), &content)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			catalogs[c.File] = content
		}
		c.Catalog = catalogs[c.File][c.Name].Sources
		for i := range c.Catalog {
			c.Catalog[i].whole = true
		}
	}
	return all, nil
}

// asCase is the case before it is expanded.
func (f *fileCase) asCase(kind Kind, path string) *Case {
	c := &Case{
		Kind: kind, File: path, Name: strings.TrimSuffix(path, ".json") + " - " + f.Name,
		Statements: f.Statements, Properties: f.Properties,
		Inputs: records(f.Inputs), Outputs: records(f.Outputs), Exception: f.ExpectedException,
		Post: Post{Sources: f.Post.Sources, Blacklist: f.Post.Topics.Blacklist},
	}
	c.Server = Server{Error: f.ExpectedError, WaitForQuery: f.InputConditions.WaitForActivePushQuery}
	for _, t := range f.Topics {
		c.Topics = append(c.Topics, t.spec())
	}
	for _, t := range f.Post.Topics.Topics {
		c.Post.Topics = append(c.Post.Topics, PostTopic{
			Name: t.Name, KeyFormat: t.KeyFormat, ValueFormat: t.ValueFormat,
			KeySchema: t.KeySchema.content(), ValueSchema: t.ValueSchema.content(), Partitions: t.Partitions,
		})
	}
	for _, r := range f.Responses {
		response := Response{}
		response.Admin, _ = r["admin"].tree.(*Object)
		response.Query, response.IsQuery = r["query"].tree.([]any)
		c.Server.Responses = append(c.Server.Responses, response)
	}
	return c
}

func (n *node) content() any {
	if n == nil {
		return nil
	}
	return n.tree
}

func (t fileTopic) spec() TopicSpec {
	return TopicSpec{
		Name: t.Name, Partitions: t.Partitions, Replicas: t.Replicas,
		Key:   schemaSpec(t.KeyFormat, t.KeySchema, t.KeySchemaID, t.KeySchemaReferences),
		Value: schemaSpec(t.ValueFormat, t.ValueSchema, t.ValueSchemaID, t.ValueSchemaReferences),
	}
}

func schemaSpec(format string, schema *node, id int, references []fileReference) SchemaSpec {
	s := SchemaSpec{Format: format, Schema: schema.content(), ID: id}
	for _, r := range references {
		s.References = append(s.References, Reference{Name: r.Name, Format: r.Format, Schema: r.Schema.tree})
	}
	return s
}

func records(in []fileRecord) []Record {
	out := make([]Record, len(in))
	for i, r := range in {
		out[i] = Record{
			Topic: r.Topic, Key: r.Key.tree, Value: r.Value.tree, Timestamp: r.Timestamp, Window: r.Window, Headers: r.Headers,
		}
	}
	return out
}

// readTiers gives the cases the tiers of the manifest, where there is one.
func readTiers(folder string, cases []*Case) error {
	text, err := os.ReadFile(filepath.Join(folder, "manifest.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the manifest: %w", err)
	}
	tiers := map[[3]string]string{}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(cells) > 3 {
			tiers[[3]string(cells[:3])] = cells[3]
		}
	}
	for _, c := range cases {
		c.Tier = tiers[[3]string{string(c.Kind), c.File, c.Name}]
	}
	return nil
}

// distinguish gives each case a key of its own.
func distinguish(cases []*Case) {
	seen := map[string]int{}
	for _, c := range cases {
		c.Key = c.Name
		if c.Kind == SQL {
			c.Key = strings.TrimSuffix(c.File, ".sql") + " - " + c.Name
		}
		seen[c.Key]++
		if n := seen[c.Key]; n > 1 {
			c.Key = fmt.Sprintf("%s (%d)", c.Key, n)
		}
	}
}
