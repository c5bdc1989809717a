package exec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// everything makes a catalog of all that a catalog can have, the hard way round.
const everything = `
CREATE TYPE address AS STRUCT<street STRING, zip DECIMAL(10, 2)>;
CREATE TYPE gone AS INT;
CREATE STREAM s (k STRING KEY, home address, x gone) WITH (kafka_topic='s', partitions=2, value_format='JSON', source_connector='c');
DROP TYPE gone;
CREATE STREAM headers (h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS, v MAP<STRING, BIGINT>)
  WITH (kafka_topic='h', partitions=1, retention_ms=60000, format='JSON');
CREATE STREAM header (v BOOLEAN, h BYTES HEADER('it''s'), g BYTES HEADER('g')) WITH (kafka_topic='h', value_format='JSON');
CREATE SOURCE TABLE source (id BIGINT PRIMARY KEY, v DATE) WITH (kafka_topic='source', partitions=1, value_format='AVRO', value_schema_full_name='org.x.Y');
CREATE TABLE two (a INT PRIMARY KEY, b TIME PRIMARY KEY, v TIMESTAMP, w BYTES) WITH (kafka_topic='two', partitions=1, format='JSON');
CREATE STREAM sessions (k STRING KEY, v INT) WITH (kafka_topic='w', partitions=1, value_format='JSON', window_type='session');
CREATE STREAM hops (k STRING KEY, v INT) WITH (kafka_topic='w', value_format='JSON', window_type='HOPPING', window_size='90 SECONDS');
CREATE STREAM stamped (k INT KEY, "at" STRING) WITH (kafka_topic='w', value_format='DELIMITED', value_delimiter='SPACE',
  timestamp='"at"', timestamp_format='yyyy-MM-dd''T''HH');
CREATE STREAM bare (k INT KEY, v INT) WITH (kafka_topic='bare', partitions=1, value_format='JSON', wrap_single_value=false);
CREATE STREAM grown (v INT) WITH (kafka_topic='w', value_format='JSON', wrap_single_value=true);
ALTER STREAM grown ADD COLUMN w INT;
CREATE STREAM proto (v INT) WITH (kafka_topic='p', partitions=1, value_format='PROTOBUF', value_protobuf_nullable_representation='WRAPPER');
CREATE STREAM stays (v INT) WITH (kafka_topic='avro', partitions=1, value_format='AVRO');
CREATE STREAM inferred WITH (kafka_topic='avro', value_format='AVRO', value_schema_id=3);
ALTER STREAM inferred ADD COLUMN more STRING;
CREATE OR REPLACE STREAM s (k STRING KEY, home address, x INT, "MAP" MAP<STRING, INT>) WITH (kafka_topic='s', value_format='JSON');

SET 'ksql.persistence.default.format.value' = 'DELIMITED';
SET 'ksql.persistence.wrap.single.values' = 'false';
CREATE STREAM plain (k BYTES KEY, v INT) WITH (kafka_topic='w');
UNSET 'ksql.persistence.default.format.value';
CREATE STREAM lone (k INT KEY, v INT) WITH (kafka_topic='lone', partitions=1, value_format='JSON');
UNSET 'ksql.persistence.wrap.single.values';
SET 'ksql.output.topic.name.prefix' = 'out-';
SET 'commit.interval.ms' = '100';
CREATE STREAM a AS SELECT * FROM s PARTITION BY x;
INSERT INTO a SELECT * FROM s WHERE k = 'a  b' PARTITION BY x;
UNSET 'commit.interval.ms';
CREATE TABLE t WITH (key_format='JSON', partitions=3) AS SELECT * FROM two;
CREATE STREAM "b-b" AS SELECT x AS "x y", k FROM a PARTITION BY x;
INSERT INTO a WITH (query_id='mine') SELECT * FROM s PARTITION BY x;
UNSET 'ksql.output.topic.name.prefix';
CREATE STREAM left_over WITH (value_format='DELIMITED', value_delimiter='|') AS SELECT k, x FROM s;
CREATE STREAM windowed AS SELECT * FROM hops;
CREATE STREAM pattern (k STRING KEY, v INT) WITH (kafka_topic_pattern='[st]|h', value_format='JSON');
ALTER STREAM pattern ADD COLUMN w INT;
CREATE STREAM of_pattern AS SELECT *, ROWTOPIC FROM pattern;
SET 'ksqlite.headers.write.enabled' = 'true';
CREATE STREAM with_headers AS SELECT * FROM headers;
CREATE STREAM one_header AS SELECT * FROM header;
UNSET 'ksqlite.headers.write.enabled';
`

// afterwards changes queries, by the names of what they fill.
const afterwards = `
TERMINATE ${left_over};
TERMINATE ${windowed};
TERMINATE ${one_header};
PAUSE mine;
PAUSE ${b-b};
SET 'ksql.output.topic.name.prefix' = 'out-';
CREATE OR REPLACE STREAM "b-b" AS SELECT x AS "x y", k FROM a WHERE x > 1 PARTITION BY x;
TERMINATE ${a};
CREATE OR REPLACE STREAM a AS SELECT * FROM s PARTITION BY x;
UNSET 'ksql.output.topic.name.prefix';
CREATE OR REPLACE STREAM bare WITH (kafka_topic='bare', key_format='KAFKA', wrap_single_value=false) AS SELECT * FROM lone;
CREATE OR REPLACE STREAM lone WITH (kafka_topic='lone', key_format='KAFKA', wrap_single_value=false) AS SELECT * FROM bare;
`

func TestShowCreateMakesTheSameCatalog(t *testing.T) {
	t.Parallel()
	first, second := newHarness(t), newHarness(t)
	second.adopt(t, first.schemas)
	must(t, first.session, everything)
	must(t, first.session, first.named(t, afterwards))
	shown := first.showCreate(t)
	must(t, second.session, shown)
	if diff := cmp.Diff(first.catalog(), second.catalog(), cmp.Comparer((*types.Type).Equal), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the catalog is another (-was +is):\n%s\nmade by\n%s", diff, shown)
	}
	if diff := cmp.Diff(shown, second.showCreate(t)); diff != "" {
		t.Errorf("what is shown then is another (-was +is):\n%s", diff)
	}
	if diff := cmp.Diff(first.states(t), second.states(t)); diff != "" {
		t.Errorf("the queries are others (-was +is):\n%s", diff)
	}
}

// adopt gives the engine another registry, before it has any statements.
func (h *harness) adopt(t *testing.T, schemas *registry.Memory) {
	t.Helper()
	if err := h.engine.Close(); err != nil {
		t.Fatal(err)
	}
	h.schemas = schemas
	if err := h.open(t, nil, true); err != nil {
		t.Fatal(err)
	}
}

// showCreate returns the answer of SHOW CREATE ALL as a script.
func (h *harness) showCreate(t *testing.T) string {
	t.Helper()
	result, err := execute(t.Context(), h.session, "SHOW CREATE ALL;")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(result.Entity.(*exec.CreateStatements).Statements, "\n")
}

// catalog returns the sources without the texts that have made them, and the types.
func (h *harness) catalog() (all []any) {
	c := h.engine.Catalog()
	for _, source := range c.Sources() {
		source := *source
		source.Statement = ""
		source.Derived = false // what a query that has ended has left is declared
		all = append(all, source)
	}
	for _, name := range c.TypeNames() {
		t, _ := c.Type(name)
		all = append(all, name, t)
	}
	return all
}

// queries returns the persistent queries.
func (h *harness) queries(t *testing.T) []exec.QueryInfo {
	t.Helper()
	result, err := execute(t.Context(), h.session, "SHOW QUERIES;")
	if err != nil {
		t.Fatal(err)
	}
	return result.Entity.(*exec.Queries).Queries
}

// named puts the ids of queries in the place of the names of what they fill.
func (h *harness) named(t *testing.T, script string) string {
	t.Helper()
	for _, q := range h.queries(t) {
		script = strings.ReplaceAll(script, "${"+strings.ToLower(q.Sinks[0])+"}", "`"+q.ID+"`")
	}
	return script
}

// states returns what queries fill and whether they are paused, sorted.
func (h *harness) states(t *testing.T) (all []string) {
	t.Helper()
	for _, q := range h.queries(t) {
		all = append(all, q.Sinks[0]+" "+q.State)
	}
	slices.Sort(all)
	return all
}
