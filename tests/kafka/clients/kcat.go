package clients

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// Kcat tries kcat against the broker at bootstrap, which makes topics when
// they are written to.
func Kcat(t *testing.T, bootstrap string) {
	t.Helper()
	program, ok := findKcat()
	if !ok {
		missing(t, "kcat", "kcat")
	}
	k := kcat{program: program, bootstrap: bootstrap}
	t.Run("keys, headers and nulls", k.keysHeadersAndNulls)
	t.Run("partitions", k.metadata)
	for _, codec := range []string{"gzip", "snappy", "lz4", "zstd"} {
		t.Run(codec, k.compression(codec))
	}
	t.Run("group", k.group)
}

// findKcat finds kcat on the path.
func findKcat() (string, bool) {
	program, err := exec.LookPath("kcat")
	return program, err == nil
}

// kcat is the program and the broker it speaks to.
type kcat struct{ program, bootstrap string }

// run runs kcat on a topic, or on none when it is empty.
func (k kcat) run(t *testing.T, input string, args ...string) string {
	t.Helper()
	return run(t, input, k.program, append([]string{"-b", k.bootstrap, "-q"}, args...)...)
}

// readAll prints each record of a topic as key, value and headers.
func (k kcat) readAll(t *testing.T, topic string) string {
	t.Helper()
	return k.run(t, "", "-C", "-t", topic, "-o", "beginning", "-e", "-Z", "-f", "%k|%s|%h\n")
}

// keysHeadersAndNulls writes what lies beside a value, and no value at all.
func (k kcat) keysHeadersAndNulls(t *testing.T) {
	topic := topicOf(t)
	k.run(t, "ada:analyst\nzoë:überfliegerin 🚀\ntombstone:\n", "-P", "-t", topic, "-K:", "-Z", "-H", "origin=kcat")
	want := "ada|analyst|origin=kcat\nzoë|überfliegerin 🚀|origin=kcat\ntombstone|NULL|origin=kcat\n"
	if got := k.readAll(t, topic); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// compression returns a test that sends a hundred records in a codec's batches.
func (k kcat) compression(codec string) func(t *testing.T) {
	return func(t *testing.T) {
		topic := topicOf(t)
		var lines, want strings.Builder
		for i := range 100 {
			fmt.Fprintf(&lines, "a value that repeats itself, %d\n", i)
			fmt.Fprintf(&want, "NULL|a value that repeats itself, %d|\n", i)
		}
		k.run(t, lines.String(), "-P", "-t", topic, "-z", codec)
		if got := k.readAll(t, topic); got != want.String() {
			t.Errorf("got\n%swant\n%s", got, want.String())
		}
	}
}

// metadata asks where a topic's partitions are.
func (k kcat) metadata(t *testing.T) {
	topic := topicOf(t)
	k.run(t, "x\n", "-P", "-t", topic)
	var listing struct {
		Topics []struct {
			Topic      string
			Partitions []struct{ Leader int }
		}
	}
	if err := json.Unmarshal([]byte(k.run(t, "", "-L", "-J", "-t", topic)), &listing); err != nil {
		t.Fatal(err)
	}
	if len(listing.Topics) != 1 || listing.Topics[0].Topic != topic || len(listing.Topics[0].Partitions) == 0 {
		t.Fatalf("got %+v", listing)
	}
	for p, partition := range listing.Topics[0].Partitions {
		if partition.Leader < 0 {
			t.Errorf("partition %d has no leader", p)
		}
	}
}

// group reads twice with one group: the second run goes on where the first
// has committed.
func (k kcat) group(t *testing.T) {
	topic := topicOf(t)
	read := func(n string) string {
		t.Helper()
		return k.run(t, "", "-G", topic+".group", "-c", n, "-X", "auto.offset.reset=earliest", "-f", "%s\n", topic)
	}
	k.run(t, "one\ntwo\nthree\n", "-P", "-t", topic, "-p", "0")
	if got := read("2"); got != "one\ntwo\n" {
		t.Errorf("first run: got %q", got)
	}
	if got := read("1"); got != "three\n" {
		t.Errorf("second run: got %q", got)
	}
}
