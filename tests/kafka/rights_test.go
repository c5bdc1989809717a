package kafka_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// This file works as a principal that may do next to nothing.

// stranger writes the file of a client whose name is its only right: it makes its own token.
func stranger(t *testing.T, name string) (folder, file string) {
	t.Helper()
	folder = t.TempDir()
	file = "client.properties"
	writeFile(t, filepath.Join(folder, file), fmt.Appendf(nil, `bootstrap.servers=%s
security.protocol=SASL_PLAINTEXT
sasl.mechanism=OAUTHBEARER
sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="%s";
`, shared(t).Addr(apache.SASLPlaintext), name))
	return folder, file
}

// allow gives a principal a right on a topic.
func allow(t *testing.T, c *cluster, name, topic string, operation kadm.ACLOperation) {
	t.Helper()
	rights := kadm.NewACLs().Allow("User:" + name).AllowHosts().Topics(topic).Operations(operation).ResourcePatternType(kadm.ACLPatternLiteral)
	answers, err := c.admin.CreateACLs(t.Context(), rights)
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range answers {
		if answer.Err != nil {
			t.Fatal(answer.Err)
		}
	}
}

// Who may read one topic, and nothing else, can query it.
func TestRightToReadOneTopicIsEnough(t *testing.T) {
	t.Parallel()
	c := newCluster(t, shared(t).Addr(apache.Plaintext))
	topic := c.topic(t, 2, nil)
	allow(t, c, "reader-of-one", topic, kadm.OpRead)
	c.produce(t, number(topic, 0, 1), number(topic, 1, 2))
	folder, file := stranger(t, "reader-of-one")
	sql := fmt.Sprintf(`SET 'auto.offset.reset' = 'earliest';
		CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON');
		SELECT COUNT(*) AS all_of_them FROM s EMIT CHANGES LIMIT 2;`, topic)
	for _, arguments := range [][]string{nil, {"--ephemeral"}} {
		out, said := vendor{password: "none"}.run(t, folder, nil, append(arguments, "--config-file", file, "--output", "CSV", "-e", sql)...)
		if out != "ALL_OF_THEM\n1\n2\n" {
			t.Errorf("%v: printed %q, said %s", arguments, out, said)
		}
		if warned := strings.Contains(said, "WARNING: Streams, tables and queries are this session's own and gone at its end: User:reader-of-one lacks the operation "); warned != (arguments == nil) {
			t.Errorf("%v: said %s", arguments, said)
		}
	}
}

// What is not allowed is told with principal, operation and resource.
func TestMissingRightsAreNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, shared(t).Addr(apache.Plaintext))
	topic, seen := c.topic(t, 1, nil), topicName(t)+".seen"
	c.createTopic(t, seen, 1, nil)
	t.Cleanup(func() { c.deleteTopics(t, seen) })
	c.produce(t, number(topic, 0, 1), number(seen, 0, 1))
	allow(t, c, "nobody", seen, kadm.OpDescribe)
	folder, file := stranger(t, "nobody")
	for _, test := range []struct{ what, want string }{
		{"doctor --topic " + topic, "FAULT topic: User:nobody lacks the operation Read on Topic " + topic},
		{"doctor --topic " + seen, "FAULT topic: User:nobody lacks the operation Read on Topic " + seen},
		{"--ephemeral -e|CREATE STREAM s (n INT) WITH (kafka_topic='" + topic + "', value_format='JSON');", "not authorized: User:nobody lacks the operation Describe on Topic " + topic},
		{"--ephemeral -e|CREATE STREAM s (n INT) WITH (kafka_topic='" + seen + "', value_format='JSON'); SELECT * FROM s;", "not authorized: User:nobody lacks the operation Read on Topic " + seen},
		{"--ephemeral -e|CREATE STREAM s (n INT) WITH (kafka_topic='" + seen + "', value_format='JSON'); INSERT INTO s VALUES (1);", "not authorized: User:nobody lacks the operation Write on Topic " + seen},
		{"--ephemeral -e|CREATE STREAM s (n INT) WITH (kafka_topic='" + seen + ".new', value_format='JSON', partitions=1);", "not authorized: User:nobody lacks the operation"},
	} {
		flags, sql, _ := strings.Cut(test.what, "|")
		arguments := append(strings.Fields(flags), "--config-file", file)
		if sql != "" {
			arguments = append([]string{"--ephemeral", "--config-file", file, "-e"}, sql)
		}
		out, said := vendor{password: "none"}.run(t, folder, nil, arguments...)
		if !strings.Contains(out+said, test.want) {
			t.Errorf("%s: %s%s", test.what, out, said)
		}
	}
}
