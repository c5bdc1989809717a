package apache

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The files of a server's folder. Kafka runs in that folder, so they are
// named without it.
const (
	dataFolder     = "data"
	logFile        = "kafka.log"
	logConfigFile  = "log4j2.xml"
	propertiesFile = "server.properties"
)

// logConfig sends all of Kafka's log to standard output, which is logFile.
const logConfig = `<Configuration>
  <Appenders><Console name="out"><PatternLayout pattern="%d{ABSOLUTE} %p %c{1}: %m%n"/></Console></Appenders>
  <Loggers><Root level="info"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
`

// controllerListener is the door through which the node elects itself.
const controllerListener = "CONTROLLER"

// serverProperties is the configuration of a node that listens on ports, one
// a listener and one for the controller.
func serverProperties(o Options, ports map[Listener]int, certs Certificates) map[string]string {
	properties := nodeProperties(ports[controllerListener])
	var bound, protocols []string
	for _, l := range o.all() {
		bound = append(bound, fmt.Sprintf("%s://%s", l, address(ports[l])))
		protocols = append(protocols, fmt.Sprintf("%s:%s", l, l.protocol()))
	}
	properties["advertised.listeners"] = strings.Join(bound, ",")
	properties["listeners"] = properties["advertised.listeners"] + ",CONTROLLER://" + address(ports[controllerListener])
	properties["listener.security.protocol.map"] = strings.Join(protocols, ",") + ",CONTROLLER:PLAINTEXT"

	for _, l := range o.all() {
		if l.authenticated() {
			maps.Copy(properties, saslProperties(l, o.users()))
		}
		if l.encrypted() {
			maps.Copy(properties, tlsProperties(l, certs))
		}
	}
	if o.ACLs {
		maps.Copy(properties, aclProperties(o.users()))
	}
	if o.Joins != nil {
		maps.Copy(properties, joiningProperties(o, strings.Join(bound, ",")))
	}
	maps.Copy(properties, o.Properties)
	return properties
}

// joiningProperties make a broker alone of a node, with the controller of the cluster that it joins.
func joiningProperties(o Options, listeners string) map[string]string {
	cluster := o.Joins
	for cluster.options.Joins != nil {
		cluster = cluster.options.Joins
	}
	return map[string]string{
		"process.roles":            "broker",
		"node.id":                  strconv.Itoa(o.node()),
		"controller.quorum.voters": "1@" + address(cluster.ports[controllerListener]),
		"listeners":                listeners,
	}
}

// aclProperties ask everybody but the users for ACLs. The node itself comes through the
// plaintext listeners, and so is nobody in particular.
func aclProperties(users map[string]string) map[string]string {
	all := []string{"User:ANONYMOUS", "User:CN=" + User + ",O=ksqlite tests"}
	for _, name := range slices.Sorted(maps.Keys(users)) {
		all = append(all, "User:"+name)
	}
	return map[string]string{
		"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":           strings.Join(all, ";"),
	}
}

// nodeProperties is what every node has: one of everything, and no waiting
// for others to join.
func nodeProperties(controllerPort int) map[string]string {
	return map[string]string{
		"process.roles":              "broker,controller",
		"node.id":                    "1",
		"controller.quorum.voters":   "1@" + address(controllerPort),
		"controller.listener.names":  controllerListener,
		"inter.broker.listener.name": string(Plaintext),
		"log.dirs":                   dataFolder,

		"offsets.topic.num.partitions":                     "1",
		"offsets.topic.replication.factor":                 "1",
		"transaction.state.log.num.partitions":             "1",
		"transaction.state.log.replication.factor":         "1",
		"transaction.state.log.min.isr":                    "1",
		"share.coordinator.state.topic.num.partitions":     "1",
		"share.coordinator.state.topic.replication.factor": "1",
		"share.coordinator.state.topic.min.isr":            "1",

		"group.initial.rebalance.delay.ms":                            "0",
		"group.min.session.timeout.ms":                                "1000",
		"transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",

		"broker.heartbeat.interval.ms": "500",
		"broker.session.timeout.ms":    "4000", // a broker that crashed may come back after this

		"num.network.threads":            "2",
		"num.io.threads":                 "2",
		"background.threads":             "2",
		"log.cleaner.dedupe.buffer.size": "4194304",
	}
}

// saslProperties lets users in through a listener, by every Mechanism. The
// passwords of SCRAM are not here but in the node's metadata.
func saslProperties(l Listener, users map[string]string) map[string]string {
	const modules = "org.apache.kafka.common.security"
	prefix := "listener.name." + strings.ToLower(string(l)) + "."
	scram := modules + ".scram.ScramLoginModule required;"
	var plain strings.Builder
	plain.WriteString(modules + ".plain.PlainLoginModule required")
	for _, name := range slices.Sorted(maps.Keys(users)) {
		fmt.Fprintf(&plain, ` user_%s="%s"`, name, users[name])
	}
	return map[string]string{
		"sasl.enabled.mechanisms":                 strings.Join([]string{string(Plain), string(ScramSHA256), string(ScramSHA512), string(OAuthBearer)}, ","),
		prefix + "plain.sasl.jaas.config":         plain.String() + ";",
		prefix + "oauthbearer.sasl.jaas.config":   modules + `.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
		prefix + "scram-sha-256.sasl.jaas.config": scram,
		prefix + "scram-sha-512.sasl.jaas.config": scram,
	}
}

// tlsProperties shows the server's certificate at a listener.
func tlsProperties(l Listener, certs Certificates) map[string]string {
	prefix := "listener.name." + strings.ToLower(string(l)) + ".ssl."
	properties := map[string]string{
		prefix + "keystore.type":       "PEM",
		prefix + "keystore.location":   certs.Server,
		prefix + "truststore.type":     "PEM",
		prefix + "truststore.location": certs.Authority,
	}
	if l == MutualTLS {
		properties[prefix+"client.auth"] = "required"
	}
	return properties
}

// formatProperties writes properties as Java reads them, in order of their
// names.
func formatProperties(properties map[string]string) []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		fmt.Fprintf(&b, "%s=%s\n", name, strings.ReplaceAll(properties[name], `\`, `\\`))
	}
	return []byte(b.String())
}
