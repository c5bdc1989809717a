package ksqlite_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/state/disk"
)

// State that does not fit into memory goes to the folder for it, and is gone with its query.
func TestStateOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	engine := newEngine(t, ksqlite.WithStateMemory(ksqlite.LeastStateMemory, disk.Open), ksqlite.WithStateDir(dir),
		ksqlite.WithProperties(map[string]string{"auto.offset.reset": "earliest"}))
	exec(t, engine, "CREATE STREAM s (k BIGINT KEY, v STRING) WITH (kafka_topic='s', value_format='JSON', partitions=1);")
	const keys, length = 40, 1 << 19
	for k := range keys {
		exec(t, engine, fmt.Sprintf("INSERT INTO s VALUES (%d, '%s');", k, strings.Repeat("v", length)))
	}
	exec(t, engine, "INSERT INTO s VALUES (0, '');")
	rows, err := engine.Query(t.Context(), fmt.Sprintf("SELECT k, COUNT(*), LATEST_BY_OFFSET(v), LEN(EARLIEST_BY_OFFSET(v)) FROM s GROUP BY k EMIT CHANGES LIMIT %d;", keys+1))
	if err != nil {
		t.Fatal(err)
	}
	spilled := false
	var k, count, size int64
	var latest string
	for rows.Next(t.Context()) {
		if err := rows.Row().Scan(&k, &count, &latest, &size); err != nil {
			t.Fatal(err)
		}
		spilled = spilled || len(entriesOf(t, dir)) > 0
	}
	if err := rows.Err(); err != nil || k != 0 || count != 2 || latest != "" || size != length {
		t.Errorf("the last row is %d, %d, %q, %d, %v", k, count, latest, size, err)
	}
	rows.Close()
	if !spilled {
		t.Error("everything was in memory")
	}
	if left := entriesOf(t, dir); len(left) > 0 {
		t.Errorf("left is %v", left)
	}
}

func entriesOf(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
