package kafka_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// TestDoctorOnApacheKafka runs faults/doctor.ddt, whose faults are seeded on the listeners of a
// real Kafka: `doctor LISTENER [topic=NAME]` with the properties of a client, in which AUTHORITY and
// CLIENT are files of certificates. It prints the faults with what comes right before them.
func TestDoctorOnApacheKafka(t *testing.T) {
	t.Parallel()
	server := shared(t)
	c := newCluster(t, server.Addr(apache.Plaintext))
	c.createTopic(t, "doctor.orders", 2, nil)
	t.Cleanup(func() { c.deleteTopics(t, "doctor.orders") })
	c.produce(t, number("doctor.orders", 1, 1))
	stranger, err := apache.MakeCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := strings.NewReplacer("AUTHORITY", server.AuthorityFile(), "CLIENT", server.ClientFile(),
		"STRANGER", stranger.Client, "USER", apache.User, "PASSWORD", apache.Password)
	datadriven.RunTest(t, "faults/doctor.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		listener := apache.Listener(d.CmdArgs[0].Key)
		folder := t.TempDir()
		writeFile(t, filepath.Join(folder, "client.properties"), []byte(files.Replace(d.Input)+"\nsocket.connection.setup.timeout.ms=3000\n"))
		arguments := []string{"doctor", "--config-file", "client.properties", "--bootstrap-server", server.Addr(listener)}
		var topic string
		if d.MaybeScanArgs(t, "topic", &topic); topic != "" {
			arguments = append(arguments, "--topic", topic)
		}
		out, said := vendor{password: apache.Password}.run(t, folder, nil, arguments...)
		return strings.ReplaceAll(faultsOf(out)+said, server.Addr(listener), fmt.Sprint(listener))
	})
}

// faultsOf are the lines of faults, or the last line where all is well.
func faultsOf(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "FAULT") {
			return strings.Join(lines[i:], "\n")
		}
	}
	return lines[len(lines)-1]
}
