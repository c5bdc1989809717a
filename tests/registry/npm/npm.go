// Package npm drives @kafkajs/confluent-schema-registry, a client of schema registries
// for Node that shares no code with ours.
//
// It comes from npm: [Fetch] (make registries) puts it into the user's cache folder once,
// in the versions that package-lock.json names. Where it or Node is missing, [Find]
// skips the test, or fails it under KSQLITE_REQUIRE_REGISTRIES=1.
package npm

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/tests/registry/apicurio"
)

const (
	client = "@kafkajs/confluent-schema-registry"
	// patience is how long one run of the client may take.
	patience = time.Minute
)

var (
	//go:embed package.json
	manifest []byte
	//go:embed package-lock.json
	lock []byte
	//go:embed client.js
	script []byte
)

// Version is the version of the client that package.json names.
func Version() string {
	var m struct{ Dependencies map[string]string }
	if err := json.Unmarshal(manifest, &m); err != nil {
		panic("package.json is no JSON: " + err.Error())
	}
	return m.Dependencies[client]
}

// home is the folder in the user's cache.
func home() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w", err)
	}
	return filepath.Join(cache, "ksqlite", "registry-client-"+Version()), nil
}

// Fetch puts the client into the user's cache folder, unless it is there. It comes
// whole or not at all.
func Fetch(ctx context.Context, out io.Writer) error {
	folder, err := home()
	if err != nil {
		return err
	}
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(out, "fetching %s %s into %s\n", client, Version(), folder)
		if err := install(ctx, folder); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s is in %s\n", client, folder)
	return nil
}

func install(ctx context.Context, folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(folder), "fetching-")
	if err != nil {
		return fmt.Errorf("making a folder for the client: %w", err)
	}
	defer os.RemoveAll(unfinished)
	for name, text := range map[string][]byte{"package.json": manifest, "package-lock.json": lock} {
		if err := os.WriteFile(filepath.Join(unfinished, name), text, 0o600); err != nil {
			return err
		}
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = unfinished
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("running npm (needed to fetch %s): %w\n%s", client, err, out)
	}
	return os.Rename(unfinished, folder)
}

// Client is the client, installed.
type Client struct{ node, modules string }

// Find returns the client, or skips the test.
func Find(tb testing.TB) Client {
	tb.Helper()
	folder, err := home()
	modules := filepath.Join(folder, "node_modules")
	if err == nil {
		if _, missing := os.Stat(modules); missing != nil {
			err = fmt.Errorf("registries: no %s in %s: run make registries", client, folder)
		}
	}
	node, missing := exec.LookPath("node")
	if err == nil && missing != nil {
		err = errors.New("registries: no node on the path: install Node 18 or newer")
	}
	if err != nil && !apicurio.Required() {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return Client{node: node, modules: modules}
}

// Schema is a schema to register: of a type (AVRO, JSON, PROTOBUF) and under a subject.
type Schema struct{ Type, Subject, Text string }

// Write registers a schema and returns the values, which are JSON, as records written
// with it.
func (c Client) Write(tb testing.TB, url string, s Schema, values ...string) (records [][]byte) {
	tb.Helper()
	raw := make([]json.RawMessage, len(values))
	for i, v := range values {
		raw[i] = json.RawMessage(v)
	}
	var answer []string
	c.run(tb, map[string]any{"action": "write", "url": url, "type": s.Type, "subject": s.Subject, "schema": s.Text, "values": raw}, &answer)
	for _, text := range answer {
		record, err := hex.DecodeString(text)
		if err != nil {
			tb.Fatal(err)
		}
		records = append(records, record)
	}
	return records
}

// Read returns what records hold, as JSON.
func (c Client) Read(tb testing.TB, url string, records ...[]byte) (values []string) {
	tb.Helper()
	texts := make([]string, len(records))
	for i, r := range records {
		texts[i] = hex.EncodeToString(r)
	}
	var answer []json.RawMessage
	c.run(tb, map[string]any{"action": "read", "url": url, "records": texts}, &answer)
	for _, v := range answer {
		values = append(values, string(v))
	}
	return values
}

// run hands a request to the script and reads its answer.
func (c Client) run(tb testing.TB, request map[string]any, answer any) {
	tb.Helper()
	input, err := json.Marshal(request)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	node := exec.CommandContext(ctx, c.node, "-e", string(script))
	node.Env = append(os.Environ(), "NODE_PATH="+c.modules)
	node.Stdin = bytes.NewReader(input)
	var out, diagnostics bytes.Buffer
	node.Stdout, node.Stderr = &out, &diagnostics
	if err := node.Run(); err != nil {
		tb.Fatalf("%s: %v\n%s", request["action"], err, diagnostics.String())
	}
	if err := json.Unmarshal(out.Bytes(), answer); err != nil {
		tb.Fatalf("%v in %s", err, out.String())
	}
}
