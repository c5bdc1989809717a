package repl

import (
	"context"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/complete"
)

// foreign is what people type who come from another program's shell, and what is done
// about it.
type foreign struct {
	// words are its first ones, in lower case but behind a backslash, where case counts;
	// several ways to say it stand between bars.
	words string
	// arguments is whether anything follows.
	arguments bool
	// sql is what is meant, if that is certain; %s is what follows.
	sql string
	// say is what is to be typed instead.
	say string
	// run is the command that is meant, "" for none.
	run string
}

const noDatabases = "There are no databases here: SHOW STREAMS, SHOW TABLES and SHOW TOPICS tell what there is."

// foreigners are what other shells understand, those with arguments before those without.
var foreigners = []foreign{
	{words: `quit|bye|logout|\q|:q|exit()|quit()`, run: "exit"},
	{words: `?|\?|\h`, run: "help"},
	{words: `\h`, arguments: true, run: "help"},
	{words: `\s`, run: "history"},
	{words: `\e|\edit`, run: "edit"},
	{words: `\e|\edit`, arguments: true, run: "edit"},
	{words: `status|\conninfo`, run: "server"},
	{words: `\i|source|@`, arguments: true, run: "run script"},
	{words: `\o|tee`, arguments: true, run: "spool"},
	{words: `\o|notee`, run: "spool off"},
	{words: `\d|\dt|\ds|\dv|\d+|desc table|desc stream|desc`, arguments: true, sql: "DESCRIBE %s;"},
	{words: `show columns from|show columns in|show fields from`, arguments: true, sql: "DESCRIBE %s;"},
	{words: `\df`, arguments: true, sql: "DESCRIBE FUNCTION %s;"},
	{words: `\df`, sql: "SHOW FUNCTIONS;"},
	{words: `\d|\d+`, sql: "SHOW STREAMS; SHOW TABLES;"},
	{words: `\dt`, sql: "SHOW TABLES;"},
	{words: `\ds`, sql: "SHOW STREAMS;"},
	{words: `\dT`, sql: "SHOW TYPES;"},
	{words: `\l`, sql: "SHOW TOPICS;"},
	{words: `\set`, sql: "SHOW VARIABLES;"},
	{words: `show databases|show schemas`, say: noDatabases},
	{words: `use|\c|\u|\connect|create database|drop database`, arguments: true, say: noDatabases},
	{words: `\c|\u|\connect`, say: noDatabases},
	{words: `show indexes|show index`, say: "There are no indexes: pull queries look keys up in the state of a table."},
	{words: `show processlist`, sql: "SHOW QUERIES;"},
	{words: `kill`, arguments: true, sql: "TERMINATE %s;"},
	{words: `\x`, say: "Type output VERTICAL for rows that are one field a line, output TABULAR for tables."},
	{words: `\timing`, say: "EXPLAIN ANALYZE tells how long a query's steps take."},
	{words: `update`, arguments: true, say: "Records are not changed: INSERT INTO a table writes the next row of its key."},
	{words: `delete from|truncate`, arguments: true, say: "Records are not deleted: DROP … DELETE TOPIC deletes a source with its topic."},
	{words: `begin|commit|rollback|start transaction`, say: "There are no transactions over several statements."},
}

// findOrder returns what does what a line says that is for the shell itself, be it in the
// words of this shell or of another; nil if the line is SQL. What goes wrong is shown by
// it; its error is that of [Shell.take].
func (s *Shell) findOrder(line string) func(context.Context) error {
	if c, args, ok := s.findCommand(line); ok {
		return func(ctx context.Context) error { return s.runCommand(ctx, c, args) }
	}
	line = strings.Join(strings.Fields(strings.TrimRight(line, "; \t")), " ")
	if f, argument, ok := findForeign(line); ok {
		return func(ctx context.Context) error { return s.foreign(ctx, f, argument) }
	}
	if len(line) > 1 && line[0] == '\\' { // no statement begins so
		return func(context.Context) error {
			s.complain(notUnderstood(line))
			return nil
		}
	}
	return nil
}

// notUnderstood says what is wrong with a line that begins as in another program's shell.
func notUnderstood(line string) error {
	words, argument, _ := strings.Cut(line, " ")
	switch _, _, known := findForeign(words + " x"); {
	case known && argument == "":
		return fmt.Errorf("Too few parameters: something has to follow %s", words)
	case argument != "":
		if _, _, known := findForeign(words); known {
			return fmt.Errorf("Too many parameters: nothing follows %s", words)
		}
	}
	return fmt.Errorf("%s means nothing here: type help for what there is", words)
}

// findForeign returns what a line of another program's shell is here. Its words are one blank apart.
func findForeign(line string) (foreign, string, bool) {
	for _, f := range foreigners {
		for words := range strings.SplitSeq(f.words, "|") {
			cut := complete.CutPrefixFold
			if strings.HasPrefix(words, `\`) { // \dt and \dT are two things
				cut = strings.CutPrefix
			}
			rest, ok := cut(line, words)
			argument := strings.TrimSpace(rest)
			if ok && (rest == "" || rest[0] == ' ' || words == "@") && (argument != "") == f.arguments {
				return f, argument, true
			}
		}
	}
	return foreign{}, "", false
}

// foreign answers a line of another program's shell.
func (s *Shell) foreign(ctx context.Context, f foreign, argument string) error {
	switch {
	case f.run != "":
		c, args, _ := s.findCommand(f.run + " " + argument)
		return s.runCommand(ctx, c, args)
	case f.say != "":
		s.say(f.say)
		return nil
	}
	sql := f.sql
	if f.arguments {
		sql = fmt.Sprintf(f.sql, argument)
	}
	s.say("(" + cells.Escaped(sql) + ")")
	return s.statements(ctx, sql)
}
