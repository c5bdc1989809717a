package parser

import "slices"

// This file is the table of statements. A new statement is a row here, a struct
// in package ast, and the method that parses it. Statements with the same first
// word stand in the order in which they are tried.

// forms are the statements Parse takes. Nothing changes the table. It drives
// dispatch here, and help and completion in shells.
var forms = []Form{
	{
		Words: "CREATE STREAM",
		Synopsis: "CREATE [OR REPLACE] [SOURCE] STREAM [IF NOT EXISTS] name [(column type [KEY | " +
			"HEADERS | HEADER('key')] {, ...})] [WITH (property = literal {, ...})]",
		About:   "Declares a stream over a topic.",
		Example: "CREATE STREAM orders (id INT KEY, item STRING, price DECIMAL(8, 2)) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=1);",
		parse:   (*parser).createSource,
	},
	{
		Words: "CREATE TABLE",
		Synopsis: "CREATE [OR REPLACE] [SOURCE] TABLE [IF NOT EXISTS] name [(column type [PRIMARY KEY | " +
			"HEADERS | HEADER('key')] {, ...})] [WITH (property = literal {, ...})]",
		About:   "Declares a table over a topic.",
		Example: "CREATE TABLE people (id INT PRIMARY KEY, name STRING) WITH (KAFKA_TOPIC='people', VALUE_FORMAT='JSON', PARTITIONS=1);",
	},
	{
		Words: "CREATE STREAM",
		Synopsis: "CREATE [OR REPLACE] STREAM [IF NOT EXISTS] name [WITH (property = literal {, ...})] " +
			"AS query",
		About:   "Makes a stream of a query's results and keeps it up to date.",
		Example: "CREATE STREAM dear AS SELECT * FROM orders WHERE price > 100 EMIT CHANGES;",
	},
	{
		Words: "CREATE TABLE",
		Synopsis: "CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [WITH (property = literal {, ...})] " +
			"AS query",
		About:   "Makes a table of a query's results and keeps it up to date.",
		Example: "CREATE TABLE sold AS SELECT item, COUNT(*) AS n FROM orders GROUP BY item EMIT CHANGES;",
	},
	{
		Words:    "DROP STREAM",
		Synopsis: "DROP STREAM [IF EXISTS] name [DELETE TOPIC]",
		About:    "Forgets a stream and, if asked to, deletes its topic.",
		Example:  "DROP STREAM IF EXISTS orders DELETE TOPIC;",
		parse:    (*parser).dropSource,
	},
	{
		Words:    "DROP TABLE",
		Synopsis: "DROP TABLE [IF EXISTS] name [DELETE TOPIC]",
		About:    "Forgets a table and, if asked to, deletes its topic.",
		Example:  "DROP TABLE sold;",
	},
	{
		Words:    "ALTER STREAM",
		Synopsis: "ALTER STREAM name ADD [COLUMN] column type {, ADD [COLUMN] column type}",
		About:    "Adds columns to a stream.",
		Example:  "ALTER STREAM orders ADD COLUMN note STRING;",
		parse:    (*parser).alterSource,
	},
	{
		Words:    "ALTER TABLE",
		Synopsis: "ALTER TABLE name ADD [COLUMN] column type {, ADD [COLUMN] column type}",
		About:    "Adds columns to a table.",
		Example:  "ALTER TABLE people ADD COLUMN born DATE;",
	},
	{
		Words:    "CREATE TYPE",
		Synopsis: "CREATE TYPE [IF NOT EXISTS] name AS type",
		About:    "Gives a type a name.",
		Example:  "CREATE TYPE address AS STRUCT<street STRING, city STRING>;",
		parse:    (*parser).createType,
	},
	{
		Words:    "DROP TYPE",
		Synopsis: "DROP TYPE [IF EXISTS] name",
		About:    "Forgets the name of a type.",
		Example:  "DROP TYPE IF EXISTS address;",
		parse:    (*parser).dropType,
	},
	{
		Words: "CREATE SOURCE CONNECTOR",
		Synopsis: "CREATE SOURCE | SINK CONNECTOR [IF NOT EXISTS] name WITH (property = literal {, " +
			"...})",
		About:   "Starts a connector.",
		Example: "CREATE SOURCE CONNECTOR files WITH ('connector.class'='FileStreamSource', 'topic'='lines');",
		parse:   (*parser).createConnector,
	},
	{
		Words:    "DROP CONNECTOR",
		Synopsis: "DROP CONNECTOR [IF EXISTS] name",
		About:    "Stops and deletes a connector.",
		Example:  "DROP CONNECTOR files;",
		parse:    (*parser).dropConnector,
	},
	{
		Words:    "INSERT INTO",
		Synopsis: "INSERT INTO name [(column {, ...})] VALUES (expression {, ...})",
		About:    "Writes one row.",
		Example:  "INSERT INTO orders (id, item, price) VALUES (1, 'tea', 3.50);",
		parse:    (*parser).insert,
	},
	{
		Words:    "INSERT INTO",
		Synopsis: "INSERT INTO name [WITH (QUERY_ID = 'id')] query",
		About:    "Appends a query's results to a stream, now and from now on.",
		Example:  "INSERT INTO dear SELECT * FROM other_orders EMIT CHANGES;",
	},
	{
		Words: "SELECT",
		Synopsis: "SELECT item {, ...} FROM source | TOPIC 'topic' [alias] {[INNER | LEFT | RIGHT | FULL] JOIN source " +
			"[alias] [WITHIN time] ON condition} [WINDOW window] [WHERE condition] [GROUP BY " +
			"expressions] [PARTITION BY expressions] [HAVING condition] [EMIT CHANGES | FINAL] " +
			"[LIMIT n]",
		About:   "Shows rows: with EMIT as they come, without as they are.",
		Example: "SELECT item, SUM(price) FROM orders WINDOW TUMBLING (SIZE 1 HOUR) WHERE price > 0 GROUP BY item EMIT CHANGES;",
		parse:   (*parser).selectStatement,
	},
	{
		Words:    "SHOW STREAMS",
		Synopsis: "SHOW | LIST STREAMS [EXTENDED]",
		About:    "Lists the streams.",
		Example:  "SHOW STREAMS;",
		parse:    (*parser).listSources,
	},
	{
		Words:    "SHOW TABLES",
		Synopsis: "SHOW | LIST TABLES [EXTENDED]",
		About:    "Lists the tables.",
		Example:  "SHOW TABLES EXTENDED;",
	},
	{
		Words:    "SHOW TOPICS",
		Synopsis: "SHOW | LIST [ALL] TOPICS [EXTENDED]",
		About:    "Lists the topics, with ALL internal ones too.",
		Example:  "SHOW ALL TOPICS;",
		parse:    (*parser).listTopics,
	},
	{
		Words:    "SHOW QUERIES",
		Synopsis: "SHOW | LIST QUERIES [EXTENDED]",
		About:    "Lists the running queries.",
		Example:  "SHOW QUERIES;",
		parse:    (*parser).listQueries,
	},
	{
		Words:    "SHOW FUNCTIONS",
		Synopsis: "SHOW | LIST FUNCTIONS",
		About:    "Lists the functions.",
		Example:  "SHOW FUNCTIONS;",
		parse:    (*parser).listFunctions,
	},
	{
		Words:    "SHOW PROPERTIES",
		Synopsis: "SHOW | LIST PROPERTIES",
		About:    "Lists the settings.",
		Example:  "SHOW PROPERTIES;",
		parse:    (*parser).listProperties,
	},
	{
		Words:    "SHOW TYPES",
		Synopsis: "SHOW | LIST TYPES",
		About:    "Lists the named types.",
		Example:  "SHOW TYPES;",
		parse:    (*parser).listTypes,
	},
	{
		Words:    "SHOW VARIABLES",
		Synopsis: "SHOW | LIST VARIABLES",
		About:    "Lists the variables.",
		Example:  "SHOW VARIABLES;",
		parse:    (*parser).listVariables,
	},
	{
		Words:    "SHOW CONNECTORS",
		Synopsis: "SHOW | LIST [SOURCE | SINK] CONNECTORS",
		About:    "Lists the connectors.",
		Example:  "SHOW SOURCE CONNECTORS;",
		parse:    (*parser).listConnectors,
	},
	{
		Words:    "SHOW CONNECTOR PLUGINS",
		Synopsis: "SHOW | LIST CONNECTOR PLUGINS",
		About:    "Lists the kinds of connectors there are.",
		Example:  "SHOW CONNECTOR PLUGINS;",
		parse:    (*parser).listConnectorPlugins,
	},
	{
		Words:    "SHOW CREATE",
		Synopsis: "SHOW | LIST CREATE STREAM name | TABLE name | QUERY query_id | ALL",
		About:    "Shows the statements that make a source, a query or everything anew.",
		Example:  "SHOW CREATE STREAM orders;",
		parse:    (*parser).showCreate,
	},
	{
		Words:    "DESCRIBE STREAMS",
		Synopsis: "DESCRIBE STREAMS [EXTENDED]",
		About:    "Describes all streams.",
		Example:  "DESCRIBE STREAMS;",
		parse:    (*parser).describeSources,
	},
	{
		Words:    "DESCRIBE TABLES",
		Synopsis: "DESCRIBE TABLES [EXTENDED]",
		About:    "Describes all tables.",
		Example:  "DESCRIBE TABLES EXTENDED;",
	},
	{
		Words:    "DESCRIBE FUNCTION",
		Synopsis: "DESCRIBE FUNCTION name",
		About:    "Describes a function.",
		Example:  "DESCRIBE FUNCTION SUBSTRING;",
		parse:    (*parser).describeFunction,
	},
	{
		Words:    "DESCRIBE CONNECTOR",
		Synopsis: "DESCRIBE CONNECTOR name",
		About:    "Describes a connector.",
		Example:  "DESCRIBE CONNECTOR files;",
		parse:    (*parser).describeConnector,
	},
	{
		Words:    "DESCRIBE",
		Synopsis: "DESCRIBE name [EXTENDED]",
		About:    "Describes a stream or a table.",
		Example:  "DESCRIBE orders EXTENDED;",
		parse:    (*parser).describeSource,
	},
	{
		Words:    "EXPLAIN",
		Synopsis: "EXPLAIN [ANALYZE | RECORD 'topic'/partition/offset FOR] query_id | statement",
		About:    "Shows how a query works, what it does with what is there, or what becomes of a record.",
		Example:  "EXPLAIN SELECT * FROM orders WHERE price > 100 EMIT CHANGES;",
		parse:    (*parser).explain,
	},
	{
		Words:    "SUMMARIZE",
		Synopsis: "SUMMARIZE name | TOPIC 'topic' | (query)",
		About:    "Tells what the values in a stream, a table, a topic or a result are like.",
		Example:  "SUMMARIZE orders;",
		parse:    (*parser).summarize,
	},
	{
		Words:    "PRINT",
		Synopsis: "PRINT topic [FROM BEGINNING] [INTERVAL | SAMPLE n] [LIMIT n]",
		About:    "Shows the records of a topic.",
		Example:  "PRINT orders FROM BEGINNING LIMIT 10;",
		parse:    (*parser).printTopic,
	},
	{
		Words:    "TERMINATE",
		Synopsis: "TERMINATE query_id | ALL",
		About:    "Ends a query, or all of them.",
		Example:  "TERMINATE CTAS_SOLD_3;",
		parse:    (*parser).terminate,
	},
	{
		Words:    "PAUSE",
		Synopsis: "PAUSE query_id | ALL",
		About:    "Halts a query, or all of them.",
		Example:  "PAUSE ALL;",
		parse:    (*parser).pause,
	},
	{
		Words:    "RESUME",
		Synopsis: "RESUME query_id | ALL",
		About:    "Lets a halted query go on, or all of them.",
		Example:  "RESUME CTAS_SOLD_3;",
		parse:    (*parser).resume,
	},
	{
		Words:    "SET",
		Synopsis: "SET 'property' = 'value'",
		About:    "Changes a setting of the session.",
		Example:  "SET 'auto.offset.reset'='earliest';",
		parse:    (*parser).set,
	},
	{
		Words:    "UNSET",
		Synopsis: "UNSET 'property'",
		About:    "Takes a change of a setting back.",
		Example:  "UNSET 'auto.offset.reset';",
		parse:    (*parser).unset,
	},
	{
		Words:    "ALTER SYSTEM",
		Synopsis: "ALTER SYSTEM 'property' = 'value'",
		About:    "Changes a setting of the server.",
		Example:  "ALTER SYSTEM 'ksql.persistent.prefix'='query_';",
		parse:    (*parser).alterSystem,
	},
	{
		Words:    "DEFINE",
		Synopsis: "DEFINE name = 'value'",
		About:    "Defines a variable, used as ${name}.",
		Example:  "DEFINE format = 'JSON';",
		parse:    (*parser).define,
	},
	{
		Words:    "UNDEFINE",
		Synopsis: "UNDEFINE name",
		About:    "Forgets a variable.",
		Example:  "UNDEFINE format;",
		parse:    (*parser).undefine,
	},
	{
		Words: "ASSERT TOPIC",
		Synopsis: "ASSERT [NOT EXISTS] TOPIC topic [WITH (PARTITIONS = n, REPLICAS = n)] [TIMEOUT n " +
			"unit]",
		About:   "Fails unless the topic exists, or not.",
		Example: "ASSERT TOPIC orders WITH (PARTITIONS=1) TIMEOUT 10 SECONDS;",
		parse:   (*parser).assertTopic,
	},
	{
		Words:    "ASSERT SCHEMA",
		Synopsis: "ASSERT [NOT EXISTS] SCHEMA [SUBJECT subject] [ID n] [TIMEOUT n unit]",
		About:    "Fails unless the schema exists, or not.",
		Example:  "ASSERT NOT EXISTS SCHEMA SUBJECT 'orders-value';",
		parse:    (*parser).assertSchema,
	},
	{
		Words:    "RUN SCRIPT",
		Synopsis: "RUN SCRIPT 'path'",
		About:    "Runs the statements of a file.",
		Example:  "RUN SCRIPT 'orders.sql';",
		parse:    (*parser).runScript,
	},
}

// testForms are the statements ParseTest takes.
var testForms = slices.Concat(forms, []Form{
	{
		Words:    "ASSERT VALUES",
		Synopsis: "ASSERT VALUES source [(column {, ...})] VALUES (expression {, ...})",
		About:    "Fails unless this is the source's next row.",
		Example:  "ASSERT VALUES dear (id, price) VALUES (1, 120.00);",
		parse:    (*parser).assertValues,
	},
	{
		Words:    "ASSERT NULL VALUES",
		Synopsis: "ASSERT NULL VALUES source [(column {, ...})] KEY (expression {, ...})",
		About:    "Fails unless the source's next record is a tombstone for this key.",
		Example:  "ASSERT NULL VALUES sold (item) KEY ('tea');",
		parse:    (*parser).assertTombstone,
	},
	{
		Words:    "ASSERT STREAM",
		Synopsis: "ASSERT STREAM source [(column type {, ...})] [WITH (property = literal {, ...})]",
		About:    "Fails unless the stream is declared like this.",
		Example:  "ASSERT STREAM orders (id INT KEY) WITH (KAFKA_TOPIC='orders');",
		parse:    (*parser).assertSource,
	},
	{
		Words:    "ASSERT TABLE",
		Synopsis: "ASSERT TABLE source [(column type {, ...})] [WITH (property = literal {, ...})]",
		About:    "Fails unless the table is declared like this.",
		Example:  "ASSERT TABLE people (id INT PRIMARY KEY) WITH (KAFKA_TOPIC='people');",
	},
})
