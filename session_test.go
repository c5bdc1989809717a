package ksqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
)

// TestRunFile holds that a script finds its neighbours wherever the process is,
// and that an error names the script that it is in.
func TestRunFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"outer.sql": "RUN SCRIPT 'inner.sql'; DESCRIBE s; SELECT * FROM\n nowhere;",
		"inner.sql": "\ufeffCREATE STREAM s (a INT) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var statements []string
	var failed error
	for result, err := range newEngine(t).NewSession().RunFile(t.Context(), filepath.Join(folder, "outer.sql")) {
		if failed = err; err == nil {
			statements = append(statements, strings.Fields(result.Statement)[0])
		}
	}
	if got := strings.Join(statements, " "); got != "CREATE DESCRIBE" {
		t.Errorf("ran %s", got)
	}
	if failed == nil || !strings.HasSuffix(failed.Error(), "outer.sql: line 2:2: NOWHERE does not exist.") {
		t.Errorf("error %v", failed)
	}
}

// TestContinueOnError holds that errors come in their places and what follows is
// executed, in scripts that are run by scripts too.
func TestContinueOnError(t *testing.T) {
	t.Parallel()
	inner := filepath.Join(t.TempDir(), "inner.sql")
	if err := os.WriteFile(inner, []byte("DROP STREAM nothing; DEFINE x = 'y'; SHOW;"), 0o600); err != nil {
		t.Fatal(err)
	}
	session := newEngine(t).NewSession()
	session.ContinueOnError()
	var came []string
	for result, err := range session.Run(t.Context(), "CREATTE; SHOW TOPICS; RUN SCRIPT '"+inner+"'; SELECT * FROM nothing; SHOW ${x};SHOW TYPES; SHOW") {
		if err != nil {
			came = append(came, "error")
			continue
		}
		came = append(came, result.Statement)
	}
	want := "error|SHOW TOPICS|error|DEFINE x = 'y'|error|error|error|SHOW TYPES|error"
	if got := strings.Join(came, "|"); got != want {
		t.Errorf("came %s, not %s", got, want)
	}
}

// TestReadOnly holds that an engine that reads alone lets a statement read and refuses
// one that writes, and that it neither serves nor leaves anything in its folder.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writer, err := ksqlite.Open(t.Context(), ksqlite.WithDataDir(folder))
	if err != nil {
		t.Fatal(err)
	}
	const setup = `CREATE STREAM s (a INT) WITH (KAFKA_TOPIC='s', PARTITIONS=1, VALUE_FORMAT='JSON');
		INSERT INTO s VALUES (1); CREATE STREAM copy AS SELECT * FROM s;`
	if _, err := writer.Exec(t.Context(), setup); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	reader, err := ksqlite.Open(t.Context(), ksqlite.WithDataDir(folder), ksqlite.WithReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	rows, err := reader.Query(t.Context(), "SELECT a FROM s;")
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next(t.Context()) {
		t.Errorf("no row: %v", rows.Err())
	}
	rows.Close()
	for _, statement := range []string{"INSERT INTO s VALUES (2);", "CREATE STREAM t AS SELECT * FROM s;", "TERMINATE ALL;", "CREATE TYPE t AS INT;"} {
		var refused *ksqlite.Error
		if _, err := reader.Exec(t.Context(), statement); !errors.As(err, &refused) || !strings.Contains(err.Error(), "is refused: the session is read-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if _, err := ksqlite.Open(t.Context(), ksqlite.WithServe(), ksqlite.WithReadOnly()); err == nil {
		t.Error("an engine serves and writes nothing")
	}
}

// TestExit holds that EXIT drops no statement without a word: it is an error before others, unless it was said
// that texts may be left with it, as a shell's.
func TestExit(t *testing.T) {
	t.Parallel()
	session := newEngine(t).NewSession()
	const text = "SHOW TYPES;\nEXIT;\nSHOW STREAMS;"
	results, err := session.Exec(t.Context(), text)
	if len(results) > 0 || err == nil || !strings.Contains(err.Error(), "line 2:1: EXIT is for the scripts of a shell") {
		t.Errorf("%d results, %v", len(results), err)
	}
	if results, err := session.Exec(t.Context(), "SHOW TYPES;\nQUIT;\n-- the end"); len(results) != 1 || err != nil {
		t.Errorf("at the end: %d results, %v", len(results), err)
	}
	session.LeaveWithExit()
	if results, err := session.Exec(t.Context(), text); len(results) != 1 || err != nil {
		t.Errorf("as in a shell: %d results, %v", len(results), err)
	}
}
