// Package apache runs a real Apache Kafka for tests: one KRaft node, or a broker that joins it, in a
// process of its own, on free loopback ports, its data in a temporary folder.
//
//	server := apache.Run(t, apache.Options{Listeners: []apache.Listener{apache.TLS}})
//	client, err := kgo.NewClient(server.ClientOptions(apache.TLS, "")...)
//
// The jars come from Maven Central. [Fetch] (make kafka) puts them into the
// user's cache folder once; nothing else here downloads anything. Where they
// are missing, [Require] skips the test, or fails it under
// KSQLITE_REQUIRE_KAFKA=1.
//
// A server dies with the process that started it, whatever that one dies of:
// a watchdog sees its end and kills the server's process group.
package apache
