package config

import (
	"slices"
	"strings"
)

// This file lists the properties of a ksqlDB server that mean nothing here, so that a
// properties file made for one can be used as it is.

// Idle reports whether a ksqlDB server has a property of that name which is neither in
// the table nor of any effect here.
func Idle(name string) bool {
	return slices.Contains(idleNames(), name) ||
		slices.ContainsFunc(idlePrefixes(), func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// FileNames returns the names that a properties file may have besides those of
// Kafka's clients.
func FileNames() []string { return append(names(), idleNames()...) }

func idleNames() []string {
	return []string{
		"listeners", "response.http.headers.config", "authentication.method", "authentication.roles", "authentication.realm",
		"ksql.advertised.listener", "ksql.internal.listener", "ksql.access.validator.enable", "ksql.authentication.plugin.class",
		"ksql.authorization.permissions.plugin.class",
		"ksql.connect.url", "ksql.connect.worker.config", "ksql.connect.polling.enable",
		"ksql.extension.dir", "ksql.udfs.enabled", "ksql.udf.collect.metrics", "ksql.udf.enable.security.manager",
		"ksql.error.classifier.regex", "ksql.query.error.max.queue.size", "ksql.query.status.running.threshold.seconds",
		"ksql.query.persistent.active.limit", "ksql.query.persistent.max.bytes.buffering.total", "ksql.query.transient.max.bytes.buffering.total",
		"ksql.query.pull.enable.standby.reads", "ksql.query.pull.interpreter.enabled", "ksql.query.pull.max.allowed.offset.lag",
		"ksql.query.pull.max.qps", "ksql.query.pull.thread.pool.size", "ksql.query.pull.router.thread.pool.size",
		"ksql.query.pull.metrics.enabled", "ksql.query.pull.forwarding.timeout.ms",
		"ksql.server.command.response.timeout.ms", "ksql.server.command.blocked.threshold.error.ms", "ksql.server.install.dir",
		"ksql.server.webserver.uri", "ksql.server.error.messages", "ksql.server.exception.uncaught.handler.enable",
		"ksql.runtime.feature.shared.enabled", "ksql.readonly.metastore", "ksql.client.ip_port.configuration.enabled",
		"ksql.service.metrics.level", "ksql.pull.queries.consistency.enabled",
		"confluent.support.metrics.enable", "confluent.telemetry.enabled",
	}
}

func idlePrefixes() []string {
	return []string{
		"ksql.heartbeat.", "ksql.lag.reporting.", "ksql.metrics.", "ksql.metastore.backup.", "ksql.plugins.", "ksql.streams.rocksdb.",
		"ksql.transient.query.cleanup.service.", "ksql.connect.", "ksql.verticle.", "ksql.websocket.", "ksql.healthcheck.",
		"ksql.streams.topic.", "ksql.streams.metrics.", "metric.reporters", "metrics.",
	}
}
