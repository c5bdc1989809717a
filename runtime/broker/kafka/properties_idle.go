package kafka

import "strings"

// This file lists the properties of Kafka's clients that mean nothing here.

// idleProperties are those of Java's consumers, producers and administrators, and of librdkafka's
// clients, which no client here has a use for.
func idleProperties() []Property {
	var list []Property
	for name := range strings.FieldsSeq(idleNames) {
		list = append(list, Property{Name: name, Kind: "string", Class: Idle, Doc: "Known to Kafka's clients; has no effect here."})
	}
	return list
}

// idleNames are in groups: connections; security; consumers; producers; classes and
// metrics of Java; librdkafka's; clients of a schema registry.
const idleNames = `
	client.dns.lookup receive.buffer.bytes send.buffer.bytes reconnect.backoff.ms reconnect.backoff.max.ms
	socket.connection.setup.timeout.max.ms bootstrap.controllers metadata.max.idle.ms metadata.recovery.strategy
	metadata.recovery.rebootstrap.trigger.ms enable.metrics.push

	sasl.client.callback.handler.class sasl.login.class sasl.kerberos.kinit.cmd sasl.kerberos.min.time.before.relogin
	sasl.kerberos.service.name sasl.kerberos.ticket.renew.jitter sasl.kerberos.ticket.renew.window.factor
	sasl.login.connect.timeout.ms sasl.login.read.timeout.ms sasl.login.refresh.buffer.seconds
	sasl.login.refresh.min.period.seconds sasl.login.refresh.window.factor sasl.login.refresh.window.jitter
	sasl.login.retry.backoff.ms sasl.login.retry.backoff.max.ms sasl.oauthbearer.clock.skew.seconds
	sasl.oauthbearer.expected.audience sasl.oauthbearer.expected.issuer sasl.oauthbearer.jwks.endpoint.url
	sasl.oauthbearer.jwks.endpoint.refresh.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.ms
	sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
	sasl.oauthbearer.jwt.retriever.class sasl.oauthbearer.jwt.validator.class
	ssl.protocol ssl.provider ssl.cipher.suites ssl.engine.factory.class ssl.keymanager.algorithm ssl.trustmanager.algorithm
	ssl.secure.random.implementation security.providers

	group.instance.id group.protocol group.remote.assignor heartbeat.interval.ms max.poll.interval.ms max.poll.records
	exclude.internal.topics allow.auto.create.topics partition.assignment.strategy
	key.deserializer value.deserializer share.acknowledgement.mode

	key.serializer value.serializer max.block.ms partitioner.class partitioner.ignore.keys
	partitioner.adaptive.partitioning.enable partitioner.availability.timeout.ms transaction.timeout.ms transactional.id
	transaction.two.phase.commit.enable compression.gzip.level compression.lz4.level compression.zstd.level

	interceptor.classes metric.reporters metrics.num.samples metrics.recording.level metrics.sample.window.ms
	auto.include.jmx.reporter config.providers config.providers.env.class config.providers.file.class
	config.providers.directory.class config.providers.env.param.allowlist.pattern config.providers.file.param.allowed.paths
	config.providers.directory.param.allowed.paths

	socket.timeout.ms socket.keepalive.enable socket.nagle.disable socket.max.fails broker.address.family broker.address.ttl
	broker.version.fallback api.version.request topic.metadata.refresh.interval.ms metadata.request.timeout.ms log_level
	log.connection.close debug statistics.interval.ms enable.ssl.certificate.verification sasl.oauthbearer.method
	enable.sasl.oauthbearer.unsecure.jwt message.timeout.ms message.max.bytes queue.buffering.max.ms
	queue.buffering.max.messages queue.buffering.max.kbytes queued.min.messages queued.max.messages.kbytes fetch.wait.max.ms
	fetch.message.max.bytes message.send.max.retries request.required.acks compression.codec batch.num.messages
	enable.partition.eof enable.auto.offset.store

	auto.register.schemas use.latest.version latest.compatibility.strict normalize.schemas key.subject.name.strategy
	value.subject.name.strategy specific.avro.reader avro.use.logical.type.converters json.fail.invalid.schema
`
