package broker

import (
	"context"
	"time"
)

// Cluster is a Kafka as the engine sees it. Its methods are safe for
// concurrent use. Each returns an error that wraps ErrUnreachable when no
// broker answers in time, ErrAuthentication when the credentials are refused.
type Cluster interface {
	// Identify asks the cluster who it is. It is also the way to find out
	// whether it answers at all.
	Identify(ctx context.Context) (Identity, error)

	// Topics describes the named topics, or every topic when none is named,
	// in the order of their names. A named topic that does not exist is an
	// ErrUnknownTopic.
	Topics(ctx context.Context, names ...string) ([]Topic, error)
	// MetadataAge is how old the knowledge of topics may become before the cluster is
	// asked again: its metadata.max.age.ms property. It is more than 0.
	MetadataAge() time.Duration
	// Answers reports whether brokers answer those who read: it is false when one has
	// waited for a second or more. A reader that has not asked since the brokers are gone does not know.
	Answers() bool
	// CreateTopic returns once the topic can be written and read, and
	// ErrTopicExists when there is one of this name.
	CreateTopic(ctx context.Context, topic NewTopic) error
	// DeleteTopic deletes a topic with all its records.
	DeleteTopic(ctx context.Context, name string) error
	// TopicConfigs returns the configs in force for a topic, such as
	// cleanup.policy, defaults included.
	TopicConfigs(ctx context.Context, name string) (map[string]string, error)
	// Offsets looks up one offset of each partition of a topic. The index of
	// the result is the partition.
	Offsets(ctx context.Context, topic string, at OffsetQuery) ([]int64, error)
	// DeleteRecords deletes the records of partitions before a position each, which
	// are gone for every reader. A position that is deleted already is no error.
	DeleteRecords(ctx context.Context, before []Position) error

	// Groups describes the named consumer groups, or all when none is named:
	// their members and what they have committed, in the order of their names.
	// A named group that does not exist is an ErrUnknownGroup.
	Groups(ctx context.Context, names ...string) ([]Group, error)
	// DeleteGroup deletes a group with all it has committed. It returns
	// ErrUnknownGroup, or ErrGroupInUse while the group has members.
	DeleteGroup(ctx context.Context, name string) error
	// RemoveMember takes a static member out of a group, whether it lives or not. A
	// member that is not there is no error.
	RemoveMember(ctx context.Context, group, instanceID string) error
	// ResetGroup commits positions for a group without members, which need
	// not exist yet. It returns ErrGroupInUse when there are members.
	ResetGroup(ctx context.Context, name string, positions []Position) error

	// Produce writes messages and returns once the cluster has them as safe
	// as its acks setting says, in the order given within a partition. It
	// sets Partition and Offset of each. An error names the first message
	// that was not written; others may have been: the Offset of those that were
	// not is NotWritten.
	Produce(ctx context.Context, topic string, messages []Message) error
	// OpenReader starts to read a topic, see [Reader]. It returns
	// ErrUnknownTopic when there is no such topic.
	OpenReader(ctx context.Context, options ReadOptions) (Reader, error)
	// OpenGroup joins a consumer group, see [GroupReader]. It returns
	// ErrUnknownTopic when one of the topics does not exist.
	OpenGroup(ctx context.Context, options GroupOptions) (GroupReader, error)
	// OpenProducer starts to write, see [Producer]. With a TransactionalID it
	// fences the producer that had the id before.
	OpenProducer(ctx context.Context, options ProducerOptions) (Producer, error)

	// Close ends the connections. Readers and producers are to be closed before.
	Close()
}

// Identity is who a cluster is and where it was found.
type Identity struct {
	// ID is the cluster id the brokers agree on.
	ID string
	// Addresses are HOST:PORT of the brokers, as they advertise them.
	Addresses []string
}

// Topic is what a cluster knows about a topic.
type Topic struct {
	Name string
	// ID tells a topic from others that have had its name.
	ID [16]byte
	// Internal is the broker's mark for its own topics, such as
	// __consumer_offsets.
	Internal bool
	// Partitions are in the order of their numbers, starting at 0.
	Partitions []Partition
}

// Partition is a part of a topic and the brokers that hold it.
type Partition struct {
	ID int32
	// Leader is the broker that serves it, -1 for none at the moment.
	Leader int32
	// Replicas are the brokers that hold a copy, InSync those whose copy is
	// up to date.
	Replicas, InSync []int32
}

// NewTopic says how to create a topic.
type NewTopic struct {
	Name string
	// Partitions is at least 1; 0 means the cluster's default.
	Partitions int32
	// Replicas of each partition; 0 means the cluster's default.
	Replicas int16
	// Configs are topic configs by name, such as cleanup.policy.
	Configs map[string]string
}

// OffsetQuery says which offset of a partition is asked for. The functions
// below make the usual ones.
type OffsetQuery struct {
	// Time is Earliest, Latest or a timestamp in milliseconds since 1970,
	// which asks for the first record at or after it.
	Time int64
	// Isolation bounds Latest: by the last stable offset under
	// ReadCommitted, by the high watermark under ReadUncommitted.
	Isolation Isolation
}

// EarliestOffset asks for the first offset a partition still has.
func EarliestOffset() OffsetQuery { return OffsetQuery{Time: Earliest} }

// EndOffset asks for the high watermark: the offset the next record will
// have, open transactions included.
func EndOffset() OffsetQuery { return OffsetQuery{Time: Latest, Isolation: ReadUncommitted} }

// ReadableEnd asks for the offset at which a reader of this isolation ends
// at this moment. A bounded read stops there.
func ReadableEnd(isolation Isolation) OffsetQuery {
	return OffsetQuery{Time: Latest, Isolation: isolation}
}

// OffsetAt asks for the first record with a timestamp at or after the given
// milliseconds since 1970, or the end where there is none.
func OffsetAt(ms int64) OffsetQuery { return OffsetQuery{Time: ms, Isolation: ReadUncommitted} }

// Group is a consumer group.
type Group struct {
	Name string
	// State is Kafka's word for it, such as Stable or Empty.
	State string
	// Members are the consumers in it. Static ones stay for a while after
	// they have gone.
	Members    []GroupMember
	Partitions []GroupPartition
}

// GroupMember is a consumer in a group.
type GroupMember struct {
	ID string
	// InstanceID is what makes it a static member, empty if it is none.
	InstanceID string
	// ClientID is the name it gives itself. Kafka Streams, and so ksqlDB,
	// begins it with the name of the application.
	ClientID string
	// Host is where it connects from.
	Host string
}

// GroupPartition is a partition a group has committed or is assigned.
type GroupPartition struct {
	Topic     string
	Partition int32
	// Member is the client that reads the partition, empty for none.
	Member string
	// Start and End are the first offset and the high watermark.
	Start, End int64
	// Committed is the offset the group will read next, -1 when it has
	// committed none.
	Committed int64
	// Metadata is the text that was committed with it.
	Metadata string
	// Lag is how many offsets lie between Committed and End; with nothing
	// committed, between Start and End.
	Lag int64
}
