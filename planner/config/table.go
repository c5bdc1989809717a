package config

import (
	"slices"
	"sync"
)

// Names of properties that the engine reads.
const (
	AutoOffsetReset     = "auto.offset.reset"
	CommitInterval      = "commit.interval.ms"
	ProcessingGuarantee = "processing.guarantee"
	ReplicationFactor   = "replication.factor"
	StateDir            = "state.dir"
	CacheBytes          = "cache.max.bytes.buffering"

	QueriesFile           = "ksql.queries.file"
	SessionTimeout        = "session.timeout.ms"
	GroupID               = "group.id"
	AutoCommit            = "enable.auto.commit"
	AutoCommitInterval    = "auto.commit.interval.ms"
	ServiceID             = "ksql.service.id"
	InternalReplicas      = "ksql.internal.topic.replicas"
	InternalInSync        = "ksql.internal.topic.min.insync.replicas"
	PersistentPrefix      = "ksql.persistent.prefix"
	TransientPrefix       = "ksql.transient.prefix"
	DefaultKeyFormat      = "ksql.persistence.default.format.key"
	DefaultValueFormat    = "ksql.persistence.default.format.value"
	WrapSingleValues      = "ksql.persistence.wrap.single.values"
	OutputTopicPrefix     = "ksql.output.topic.name.prefix"
	SinkPartitions        = "ksql.sink.partitions"
	SinkReplicas          = "ksql.sink.replicas"
	InsertIntoValues      = "ksql.insert.into.values.enabled"
	CreateOrReplace       = "ksql.create.or.replace.enabled"
	HeadersColumns        = "ksql.headers.columns.enabled"
	Lambdas               = "ksql.lambdas.enabled"
	VariableSubstitution  = "ksql.variable.substitution.enable"
	PullQueries           = "ksql.pull.queries.enable"
	StreamPullQueries     = "ksql.query.pull.stream.enabled"
	TableScan             = "ksql.query.pull.table.scan.enabled"
	RangeScan             = "ksql.query.pull.range.scan.enabled"
	SourceTables          = "ksql.source.table.materialization.enabled"
	SharedPushQueries     = "ksql.query.push.v2.enabled"
	PullQueryLimit        = "ksql.query.pull.limit.clause.enabled"
	MaxPushQueries        = "ksql.max.push.queries"
	DeadLetterTopic       = "ksql.dead.letter.topic"
	FieldsOnError         = "ksql.fields.on.error"
	FailOnDeserialization = "ksql.fail.on.deserialization.error"
	ThrowOnTimestamp      = "ksql.timestamp.throw.on.invalid"
	NestedErrorSetNull    = "ksql.nested.error.set.null"
	CastStringsKeepNull   = "ksql.cast.strings.preserve.nulls"
	HiddenTopics          = "ksql.hidden.topics"
	ReadOnlyTopics        = "ksql.readonly.topics"
	InheritReplicas       = "ksql.create.topic.inherit.source.replicas.enabled"
	RetryBackoff          = "ksql.query.retry.backoff.initial.ms"
	RetryBackoffMax       = "ksql.query.retry.backoff.max.ms"
	OverridesDenylist     = "ksql.properties.overrides.denylist"
	CollectListLimit      = "ksql.functions.collect_list.limit"
	CollectSetLimit       = "ksql.functions.collect_set.limit"
	AssertTopicTimeout    = "ksql.assert.topic.default.timeout.ms"
	AssertSchemaTimeout   = "ksql.assert.schema.default.timeout.ms"

	LogTopicCreate     = "ksql.logging.processing.topic.auto.create"
	LogTopicName       = "ksql.logging.processing.topic.name"
	LogTopicPartitions = "ksql.logging.processing.topic.partitions"
	LogTopicReplicas   = "ksql.logging.processing.topic.replication.factor"
	LogStreamCreate    = "ksql.logging.processing.stream.auto.create"
	LogStreamName      = "ksql.logging.processing.stream.name"
	LogRows            = "ksql.logging.processing.rows.include"

	WriteHeaders = "ksqlite.headers.write.enabled"
)

// systemTopics are patterns of the topics that belong to the cluster and its
// tools: neither listed nor written.
const systemTopics = "_confluent.*,__confluent.*,_schemas,__consumer_offsets,__transaction_state," +
	"connect-configs,connect-offsets,connect-status,connect-statuses"

// flag is a row of kind Flag.
func flag(name, standard, doc string) Property {
	return Property{Name: name, Scope: KSQL, Kind: Flag, Default: standard, Doc: doc}
}

// gate is a flag that says which statements are allowed, and how they are read.
func gate(name, standard, doc string) Property {
	p := flag(name, standard, doc)
	p.Momentary = true
	return p
}

// table returns one row for each property; the defaults make everything as in ksqlDB. It is made
// when it is first asked for, and must not be changed.
var table = sync.OnceValue(func() []Property { return slices.Concat(consumerTable(), streamsTable(), ksqlTable(), ownTable()) })

// consumerTable returns the properties that say where queries begin and how they go on.
func consumerTable() []Property {
	return []Property{
		{
			Name: AutoOffsetReset, Scope: KafkaStreams, Kind: Text, Optional: true, Valid: []string{"earliest", "latest"}, Moments: true,
			Doc: "Where a query starts to read its topics: earliest, latest, or at a time, such as 2024-05-01T08:00:00 " +
				"or -10m. Unset: latest for streams, earliest for tables.",
		},
		{
			Name: GroupID, Scope: KafkaStreams, Kind: Text, Optional: true, Momentary: true,
			Doc: "The consumer group whose committed offsets a push query begins with that filters and projects one stream. Unset: none.",
		},
		{
			Name: AutoCommit, Scope: KafkaStreams, Kind: Flag, Default: "false", Momentary: true,
			Doc: "Whether a push query with a group.id commits there how far its rows have been read.",
		},
		{
			Name: AutoCommitInterval, Scope: KafkaStreams, Kind: Millis, Default: "5000", Momentary: true,
			Doc: "How often a query commits with enable.auto.commit.",
		},
	}
}

// streamsTable returns the properties of the machinery that runs queries.
func streamsTable() []Property {
	return []Property{
		{
			Name: CommitInterval, Scope: KafkaStreams, Kind: Millis, Default: "2000",
			Doc: "How often a query commits its progress.",
		},
		{
			Name: SessionTimeout, Scope: KafkaStreams, Kind: Millis, Default: "10000", Least: 1,
			Doc: "After how long without a sign of life the work of a process goes to another one.",
		},
		{
			Name: CacheBytes, Scope: KafkaStreams, Kind: Whole, Default: "10000000",
			Doc: "Memory for merging updates of a table's key before they go on; 0 lets every update through.",
		},
		{
			Name: ProcessingGuarantee, Scope: KafkaStreams, Kind: Text, Optional: true,
			Valid: []string{"at_least_once", "exactly_once_v2"},
			Doc: "What a restart may do to the results of a query. Unset: exactly_once_v2 for queries that keep state, " +
				"at_least_once for others.",
		},
		{
			Name: "num.stream.threads", Scope: KafkaStreams, Kind: Whole, Default: "4",
			Doc: "How many tasks of a query may run at once.",
		},
		{
			Name: "num.standby.replicas", Scope: KafkaStreams, Kind: Whole, Default: "0",
			Doc: "Copies of a query's state that are kept ready elsewhere.",
		},
		{
			Name: ReplicationFactor, Scope: KafkaStreams, Kind: Whole, Default: "-1",
			Doc: "Replicas of topics that a query needs for itself; -1 is the broker's default.",
		},
		{
			Name: StateDir, Scope: KafkaStreams, Kind: Text, Optional: true, Fixed: true,
			Doc: "The folder for the state of queries.",
		},
		{
			Name: "max.task.idle.ms", Scope: KafkaStreams, Kind: Millis, Default: "0",
			Doc: "How long a join waits for records of a partition that has none, to keep the order of time.",
		},
		{
			Name: "task.timeout.ms", Scope: KafkaStreams, Kind: Millis, Default: "300000",
			Doc: "How long a query tries again when the cluster does not answer.",
		},
		{
			Name: "buffered.records.per.partition", Scope: KafkaStreams, Kind: Whole, Default: "1000",
			Doc: "How many records of a partition are held ready.",
		},
		{
			Name: "topology.optimization", Scope: KafkaStreams, Kind: Text, Default: "all", Valid: []string{"all", "none"},
			Doc: "Whether topics and stores that a query needs are shared where they can be.",
		},
	}
}

// ksqlTable returns ksqlDB's own properties.
func ksqlTable() []Property {
	return slices.Concat(service(), language(), switches(), processingLog())
}

// ownTable returns the properties of what goes beyond ksqlDB.
func ownTable() []Property {
	return []Property{
		{
			Name: WriteHeaders, Scope: Own, Kind: Flag, Default: "false",
			Doc: "Whether header columns in the result of a persistent query, and in INSERT INTO ... VALUES, are written as headers.",
		},
	}
}

// service returns the properties of the process and of what belongs to it.
func service() []Property {
	return []Property{
		{
			Name: ServiceID, Scope: KSQL, Kind: Text, Default: "ksqlite_", Fixed: true,
			Doc: "The prefix of consumer groups and topics of ours. It differs from that of a ksqlDB server.",
		},
		{
			Name: QueriesFile, Scope: KSQL, Kind: Text, Optional: true, Fixed: true,
			Doc: "The file of statements that a server runs in headless mode.",
		},
		{
			Name: PersistentPrefix, Scope: KSQL, Kind: Text, Default: "query_", Fixed: true,
			Doc: "The part of a persistent query's group that follows the service id.",
		},
		{
			Name: TransientPrefix, Scope: KSQL, Kind: Text, Default: "transient_", Fixed: true,
			Doc: "The prefix of the ids of push queries.",
		},
		{
			Name: OutputTopicPrefix, Scope: KSQL, Kind: Text, Default: "",
			Doc: "The prefix of topics that CREATE ... AS SELECT names after its source.",
		},
		{
			Name: SinkPartitions, Scope: KSQL, Kind: Whole, Optional: true,
			Doc: "Partitions of the topic of a CREATE ... AS SELECT that does not say how many. Unset: as many as its source has.",
		},
		{
			Name: SinkReplicas, Scope: KSQL, Kind: Whole, Optional: true,
			Doc: "Replicas of the topic of a CREATE ... AS SELECT that does not say how many. Unset: as many as its source has.",
		},
		{
			Name: "ksql.schema.registry.url", Scope: KSQL, Kind: Text, Default: "", Fixed: true,
			Doc: "The address of the schema registry.",
		},
		{
			Name: InternalReplicas, Scope: KSQL, Kind: Whole, Default: "1", Fixed: true,
			Doc: "Replicas of topics that belong to the service.",
		},
		{
			Name: InternalInSync, Scope: KSQL, Kind: Whole, Default: "1", Fixed: true,
			Doc: "Replicas of topics of the service that have to take a record before it counts as written.",
		},
		{
			Name: "ksql.streams.shutdown.timeout.ms", Scope: KSQL, Kind: Millis, Default: "300000", Fixed: true,
			Doc: "How long the end of a query is waited for.",
		},
		{
			Name: HiddenTopics, Scope: KSQL, Kind: List, Default: systemTopics, Fixed: true,
			Doc: "Patterns of topics that SHOW TOPICS leaves out and that cannot be written.",
		},
		{
			Name: ReadOnlyTopics, Scope: KSQL, Kind: List, Default: systemTopics, Fixed: true,
			Doc: "Patterns of topics that cannot be written.",
		},
		{
			Name: OverridesDenylist, Scope: KSQL, Kind: List, Default: "", Fixed: true,
			Doc: "Properties that a session may not set.",
		},
	}
}

// language returns what statements take where they do not say it themselves.
func language() []Property {
	return []Property{
		{
			Name: DefaultKeyFormat, Scope: KSQL, Kind: Text, Default: "KAFKA",
			Doc: "The key format of statements that name none.",
		},
		{
			Name: DefaultValueFormat, Scope: KSQL, Kind: Text, Optional: true,
			Doc: "The value format of statements that name none.",
		},
		{
			Name: WrapSingleValues, Scope: KSQL, Kind: Flag, Optional: true,
			Doc: "Whether a value of one column is written as a record. Unset: as its format does by itself.",
		},
		{
			Name: DeadLetterTopic, Scope: KSQL, Kind: Text, Default: "",
			Doc: "A topic for the records that a persistent query cannot decode, as they were, with the reason in headers. It is made if it is missing. Empty: none.",
		},
		{
			Name: FieldsOnError, Scope: KSQL, Kind: Text, Default: "fail", Valid: []string{"fail", "null"},
			Doc: "What a field that cannot be read makes of its record: fail leaves the record out, null keeps it with NULL in that field.",
		},
		{
			Name: MaxPushQueries, Scope: KSQL, Kind: Whole, Default: "100", Momentary: true,
			Doc: "How many push queries may run at once.",
		},
		{
			Name: "ksql.suppress.buffer.size.bytes", Scope: KSQL, Kind: Whole, Default: "-1",
			Doc: "Memory for the rows that EMIT FINAL holds back; -1 for no bound.",
		},
		{
			Name: "ksql.sink.window.change.log.additional.retention", Scope: KSQL, Kind: Millis, Default: "1000000",
			Doc: "How much longer than its windows the log of a windowed table is kept.",
		},
		{
			Name: CollectListLimit, Scope: KSQL, Kind: Whole, Default: "2147483647",
			Doc: "How many values COLLECT_LIST keeps.",
		},
		{
			Name: CollectSetLimit, Scope: KSQL, Kind: Whole, Default: "2147483647",
			Doc: "How many values COLLECT_SET keeps.",
		},
		{
			Name: RetryBackoff, Scope: KSQL, Kind: Millis, Default: "15000",
			Doc: "How long a query that has failed waits before it begins again; twice as long after each further failure.",
		},
		{
			Name: RetryBackoffMax, Scope: KSQL, Kind: Millis, Default: "900000",
			Doc: "How long a query that has failed waits at most before it begins again.",
		},
		{
			Name: AssertTopicTimeout, Scope: KSQL, Kind: Millis, Default: "1000", Momentary: true,
			Doc: "How long ASSERT TOPIC waits.",
		},
		{
			Name: AssertSchemaTimeout, Scope: KSQL, Kind: Millis, Default: "1000", Momentary: true,
			Doc: "How long ASSERT SCHEMA waits.",
		},
	}
}

// switches returns the properties that turn a part of the language on or off.
func switches() []Property {
	return []Property{
		flag(FailOnDeserialization, "false", "Whether a record that cannot be decoded ends its query."),
		flag("ksql.fail.on.production.error", "true", "Whether a result that cannot be written ends its query."),
		flag(ThrowOnTimestamp, "false", "Whether a record without a valid timestamp ends its query."),
		gate(InsertIntoValues, "true", "Whether INSERT INTO ... VALUES is allowed."),
		gate(CreateOrReplace, "true", "Whether CREATE OR REPLACE is allowed."),
		flag("ksql.suppress.enabled", "true", "Whether EMIT FINAL is allowed."),
		flag(Lambdas, "true", "Whether functions take lambdas."),
		flag(HeadersColumns, "true", "Whether columns can be filled from record headers."),
		flag(SourceTables, "true", "Whether a SOURCE TABLE can be read by pull queries."),
		gate(VariableSubstitution, "true", "Whether ${name} stands for a variable."),
		gate(PullQueries, "true", "Whether pull queries are allowed."),
		gate(TableScan, "true", "Whether a pull query may read a whole table."),
		gate(RangeScan, "true", "Whether a pull query may read a range of keys."),
		gate(StreamPullQueries, "true", "Whether a pull query may read a stream."),
		gate(SharedPushQueries, "false", "Whether push queries that read what a persistent query writes from now on are told by their ids."),
		gate(PullQueryLimit, "true", "Whether a pull query may have a LIMIT."),
		flag(InheritReplicas, "true",
			"Whether the topic of CREATE ... AS SELECT has as many replicas as that of its source."),
		flag(NestedErrorSetNull, "true", "Whether an element of a constructor that fails is NULL, rather than the whole value."),
		flag(CastStringsKeepNull, "true", "Whether NULL cast to STRING stays NULL."),
	}
}

// processingLog returns the properties of the processing log, which is there from
// the start of the process or not at all.
func processingLog() []Property {
	return []Property{
		{
			Name: LogTopicCreate, Scope: KSQL, Kind: Flag, Default: "false", Fixed: true,
			Doc: "Whether the topic of the processing log is made, if it is missing, and written.",
		},
		{
			Name: LogTopicName, Scope: KSQL, Kind: Text, Optional: true, Fixed: true,
			Doc: "The topic of the processing log. Unset: the service id and ksql_processing_log.",
		},
		{
			Name: LogTopicPartitions, Scope: KSQL, Kind: Whole, Default: "1", Fixed: true,
			Doc: "Partitions of the processing log's topic.",
		},
		{
			Name: LogTopicReplicas, Scope: KSQL, Kind: Whole, Default: "1", Fixed: true,
			Doc: "Replicas of the processing log's topic.",
		},
		{
			Name: LogStreamCreate, Scope: KSQL, Kind: Flag, Default: "false", Fixed: true,
			Doc: "Whether a stream over the topic of the processing log is declared, if it is missing.",
		},
		{
			Name: LogStreamName, Scope: KSQL, Kind: Text, Default: "KSQL_PROCESSING_LOG", Fixed: true,
			Doc: "The stream over the processing log's topic.",
		},
		{
			Name: LogRows, Scope: KSQL, Kind: Flag, Default: "false", Fixed: true,
			Doc: "Whether the processing log holds the data of records.",
		},
	}
}
