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
		About: "Declares a stream over a topic.",
		parse: (*parser).createSource,
	},
	{
		Words: "CREATE TABLE",
		Synopsis: "CREATE [OR REPLACE] [SOURCE] TABLE [IF NOT EXISTS] name [(column type [PRIMARY KEY | " +
			"HEADERS | HEADER('key')] {, ...})] [WITH (property = literal {, ...})]",
		About: "Declares a table over a topic.",
	},
	{
		Words: "CREATE STREAM",
		Synopsis: "CREATE [OR REPLACE] STREAM [IF NOT EXISTS] name [WITH (property = literal {, ...})] " +
			"AS query",
		About: "Makes a stream of a query's results and keeps it up to date.",
	},
	{
		Words: "CREATE TABLE",
		Synopsis: "CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [WITH (property = literal {, ...})] " +
			"AS query",
		About: "Makes a table of a query's results and keeps it up to date.",
	},
	{
		Words:    "DROP STREAM",
		Synopsis: "DROP STREAM [IF EXISTS] name [DELETE TOPIC]",
		About:    "Forgets a stream and, if asked to, deletes its topic.",
		parse:    (*parser).dropSource,
	},
	{
		Words:    "DROP TABLE",
		Synopsis: "DROP TABLE [IF EXISTS] name [DELETE TOPIC]",
		About:    "Forgets a table and, if asked to, deletes its topic.",
	},
	{
		Words:    "ALTER STREAM",
		Synopsis: "ALTER STREAM name ADD [COLUMN] column type {, ADD [COLUMN] column type}",
		About:    "Adds columns to a stream.",
		parse:    (*parser).alterSource,
	},
	{
		Words:    "ALTER TABLE",
		Synopsis: "ALTER TABLE name ADD [COLUMN] column type {, ADD [COLUMN] column type}",
		About:    "Adds columns to a table.",
	},
	{
		Words:    "CREATE TYPE",
		Synopsis: "CREATE TYPE [IF NOT EXISTS] name AS type",
		About:    "Gives a type a name.",
		parse:    (*parser).createType,
	},
	{
		Words:    "DROP TYPE",
		Synopsis: "DROP TYPE [IF EXISTS] name",
		About:    "Forgets the name of a type.",
		parse:    (*parser).dropType,
	},
	{
		Words: "CREATE SOURCE CONNECTOR",
		Synopsis: "CREATE SOURCE | SINK CONNECTOR [IF NOT EXISTS] name WITH (property = literal {, " +
			"...})",
		About: "Starts a connector.",
		parse: (*parser).createConnector,
	},
	{
		Words:    "DROP CONNECTOR",
		Synopsis: "DROP CONNECTOR [IF EXISTS] name",
		About:    "Stops and deletes a connector.",
		parse:    (*parser).dropConnector,
	},
	{
		Words:    "INSERT INTO",
		Synopsis: "INSERT INTO name [(column {, ...})] VALUES (expression {, ...})",
		About:    "Writes one row.",
		parse:    (*parser).insert,
	},
	{
		Words:    "INSERT INTO",
		Synopsis: "INSERT INTO name [WITH (QUERY_ID = 'id')] query",
		About:    "Appends a query's results to a stream, now and from now on.",
	},
	{
		Words: "SELECT",
		Synopsis: "SELECT item {, ...} FROM source | TOPIC 'topic' [alias] {[INNER | LEFT | RIGHT | FULL] JOIN source " +
			"[alias] [WITHIN time] ON condition} [WINDOW window] [WHERE condition] [GROUP BY " +
			"expressions] [PARTITION BY expressions] [HAVING condition] [EMIT CHANGES | FINAL] " +
			"[LIMIT n]",
		About: "Shows rows: with EMIT as they come, without as they are.",
		parse: (*parser).selectStatement,
	},
	{
		Words:    "SHOW STREAMS",
		Synopsis: "SHOW | LIST STREAMS [EXTENDED]",
		About:    "Lists the streams.",
		parse:    (*parser).listSources,
	},
	{
		Words:    "SHOW TABLES",
		Synopsis: "SHOW | LIST TABLES [EXTENDED]",
		About:    "Lists the tables.",
	},
	{
		Words:    "SHOW TOPICS",
		Synopsis: "SHOW | LIST [ALL] TOPICS [EXTENDED]",
		About:    "Lists the topics, with ALL internal ones too.",
		parse:    (*parser).listTopics,
	},
	{
		Words:    "SHOW QUERIES",
		Synopsis: "SHOW | LIST QUERIES [EXTENDED]",
		About:    "Lists the running queries.",
		parse:    (*parser).listQueries,
	},
	{
		Words:    "SHOW FUNCTIONS",
		Synopsis: "SHOW | LIST FUNCTIONS",
		About:    "Lists the functions.",
		parse:    (*parser).listFunctions,
	},
	{
		Words:    "SHOW PROPERTIES",
		Synopsis: "SHOW | LIST PROPERTIES",
		About:    "Lists the settings.",
		parse:    (*parser).listProperties,
	},
	{
		Words:    "SHOW TYPES",
		Synopsis: "SHOW | LIST TYPES",
		About:    "Lists the named types.",
		parse:    (*parser).listTypes,
	},
	{
		Words:    "SHOW VARIABLES",
		Synopsis: "SHOW | LIST VARIABLES",
		About:    "Lists the variables.",
		parse:    (*parser).listVariables,
	},
	{
		Words:    "SHOW CONNECTORS",
		Synopsis: "SHOW | LIST [SOURCE | SINK] CONNECTORS",
		About:    "Lists the connectors.",
		parse:    (*parser).listConnectors,
	},
	{
		Words:    "SHOW CONNECTOR PLUGINS",
		Synopsis: "SHOW | LIST CONNECTOR PLUGINS",
		About:    "Lists the kinds of connectors there are.",
		parse:    (*parser).listConnectorPlugins,
	},
	{
		Words:    "SHOW CREATE",
		Synopsis: "SHOW | LIST CREATE STREAM name | TABLE name | QUERY query_id | ALL",
		About:    "Shows the statements that make a source, a query or everything anew.",
		parse:    (*parser).showCreate,
	},
	{
		Words:    "DESCRIBE STREAMS",
		Synopsis: "DESCRIBE STREAMS [EXTENDED]",
		About:    "Describes all streams.",
		parse:    (*parser).describeSources,
	},
	{
		Words:    "DESCRIBE TABLES",
		Synopsis: "DESCRIBE TABLES [EXTENDED]",
		About:    "Describes all tables.",
	},
	{
		Words:    "DESCRIBE FUNCTION",
		Synopsis: "DESCRIBE FUNCTION name",
		About:    "Describes a function.",
		parse:    (*parser).describeFunction,
	},
	{
		Words:    "DESCRIBE CONNECTOR",
		Synopsis: "DESCRIBE CONNECTOR name",
		About:    "Describes a connector.",
		parse:    (*parser).describeConnector,
	},
	{
		Words:    "DESCRIBE",
		Synopsis: "DESCRIBE name [EXTENDED]",
		About:    "Describes a stream or a table.",
		parse:    (*parser).describeSource,
	},
	{
		Words:    "EXPLAIN",
		Synopsis: "EXPLAIN [ANALYZE | RECORD 'topic'/partition/offset FOR] query_id | statement",
		About:    "Shows how a query works, what it has done, or what becomes of a record.",
		parse:    (*parser).explain,
	},
	{
		Words:    "SUMMARIZE",
		Synopsis: "SUMMARIZE name | TOPIC 'topic' | (query)",
		About:    "Tells what the values in a stream, a table, a topic or a result are like.",
		parse:    (*parser).summarize,
	},
	{
		Words:    "PRINT",
		Synopsis: "PRINT topic [FROM BEGINNING] [INTERVAL | SAMPLE n] [LIMIT n]",
		About:    "Shows the records of a topic.",
		parse:    (*parser).printTopic,
	},
	{
		Words:    "TERMINATE",
		Synopsis: "TERMINATE query_id | ALL",
		About:    "Ends a query, or all of them.",
		parse:    (*parser).terminate,
	},
	{
		Words:    "PAUSE",
		Synopsis: "PAUSE query_id | ALL",
		About:    "Halts a query, or all of them.",
		parse:    (*parser).pause,
	},
	{
		Words:    "RESUME",
		Synopsis: "RESUME query_id | ALL",
		About:    "Lets a halted query go on, or all of them.",
		parse:    (*parser).resume,
	},
	{
		Words:    "SET",
		Synopsis: "SET 'property' = 'value'",
		About:    "Changes a setting of the session.",
		parse:    (*parser).set,
	},
	{
		Words:    "UNSET",
		Synopsis: "UNSET 'property'",
		About:    "Takes a change of a setting back.",
		parse:    (*parser).unset,
	},
	{
		Words:    "ALTER SYSTEM",
		Synopsis: "ALTER SYSTEM 'property' = 'value'",
		About:    "Changes a setting of the server.",
		parse:    (*parser).alterSystem,
	},
	{
		Words:    "DEFINE",
		Synopsis: "DEFINE name = 'value'",
		About:    "Defines a variable, used as ${name}.",
		parse:    (*parser).define,
	},
	{
		Words:    "UNDEFINE",
		Synopsis: "UNDEFINE name",
		About:    "Forgets a variable.",
		parse:    (*parser).undefine,
	},
	{
		Words: "ASSERT TOPIC",
		Synopsis: "ASSERT [NOT EXISTS] TOPIC topic [WITH (PARTITIONS = n, REPLICAS = n)] [TIMEOUT n " +
			"unit]",
		About: "Fails unless the topic exists, or not.",
		parse: (*parser).assertTopic,
	},
	{
		Words:    "ASSERT SCHEMA",
		Synopsis: "ASSERT [NOT EXISTS] SCHEMA [SUBJECT subject] [ID n] [TIMEOUT n unit]",
		About:    "Fails unless the schema exists, or not.",
		parse:    (*parser).assertSchema,
	},
	{
		Words:    "RUN SCRIPT",
		Synopsis: "RUN SCRIPT 'path'",
		About:    "Runs the statements of a file.",
		parse:    (*parser).runScript,
	},
}

// testForms are the statements ParseTest takes.
var testForms = slices.Concat(forms, []Form{
	{
		Words:    "ASSERT VALUES",
		Synopsis: "ASSERT VALUES source [(column {, ...})] VALUES (expression {, ...})",
		About:    "Fails unless this is the source's next row.",
		parse:    (*parser).assertValues,
	},
	{
		Words:    "ASSERT NULL VALUES",
		Synopsis: "ASSERT NULL VALUES source [(column {, ...})] KEY (expression {, ...})",
		About:    "Fails unless the source's next record is a tombstone for this key.",
		parse:    (*parser).assertTombstone,
	},
	{
		Words:    "ASSERT STREAM",
		Synopsis: "ASSERT STREAM source [(column type {, ...})] [WITH (property = literal {, ...})]",
		About:    "Fails unless the stream is declared like this.",
		parse:    (*parser).assertSource,
	},
	{
		Words:    "ASSERT TABLE",
		Synopsis: "ASSERT TABLE source [(column type {, ...})] [WITH (property = literal {, ...})]",
		About:    "Fails unless the table is declared like this.",
	},
})
