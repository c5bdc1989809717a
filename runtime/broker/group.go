package broker

import (
	"context"
	"time"
)

// TopicPartition names a partition of a topic.
type TopicPartition struct {
	Topic     string
	Partition int32
}

// Position is a place in a partition: the offset that is to be read next.
type Position struct {
	TopicPartition
	// Offset is never Earliest or Latest where a position is handed out.
	Offset int64
	// Metadata is a text that is committed with the offset, at most 4096
	// bytes. It may hold what belongs to the position, such as the stream
	// time up to it.
	Metadata string
}

// GroupOptions says which group a reader joins and what it reads.
//
// The functions are called within Poll, on its goroutine, so a rebalance
// never meets a batch that is being worked on. Any may be nil. Their context
// ends with the group's patience, not with the context of Poll. An error that
// one returns ends the reader: that Poll and all further ones return it.
type GroupOptions struct {
	// Group is the name of the group. All its members must read the same topics.
	Group  string
	Topics []string
	// Default is where a partition begins of which the group has committed
	// nothing, or a position that is gone: Earliest or Latest. The zero value
	// is Earliest.
	Default int64
	// Whole are those of the topics that begin at Earliest whatever Default is.
	Whole []string
	// Isolation is about transactions.
	Isolation Isolation
	// InstanceID makes the member a static one (KIP-345): when it is closed or
	// killed it keeps its partitions, and has them at once when it comes back
	// within SessionTimeout. Of two members with one id the older is told
	// ErrFenced. Empty means that Close leaves the group.
	InstanceID string
	// Leave says that Close leaves the group although the member is a static one,
	// which then keeps its partitions only when it is killed.
	Leave bool
	// SessionTimeout is after how long without a sign of life the group gives a
	// member's partitions to others, 45 s by default. Brokers accept 6 s to
	// 30 min unless they are configured otherwise.
	SessionTimeout time.Duration

	// Gained is told of partitions that are read from now on and where each
	// begins: at what the group has committed, or at Default. Nothing of them
	// has been delivered before.
	Gained func(ctx context.Context, at []Position) error
	// Revoked is told of partitions that go to another member, which gets
	// them once the function has returned: the time to finish and commit what
	// was read. Nothing of them is delivered afterwards. The group waits for
	// about a minute; a member that does not poll until then is thrown out.
	Revoked func(ctx context.Context, partitions []TopicPartition) error
	// Lost is told of partitions that were taken away without asking, because
	// the member was silent for too long. Another member may have begun where
	// the last commit was: what was read since must not be committed.
	Lost func(ctx context.Context, partitions []TopicPartition) error
}

// GroupReader reads topics as a member of a consumer group: each partition is
// read by one member, and goes on where the group last committed.
//
// It survives restarts of brokers, changes of leaders and rebalances. All
// methods but Close belong to one goroutine.
type GroupReader interface {
	// Poll is [Reader.Poll] for the partitions this member has. It also calls
	// the functions of GroupOptions. It has to be called again within a
	// minute, or the member may lose its partitions in the next rebalance.
	//
	// It returns ErrFenced when another member with the same InstanceID has
	// joined, and ErrRebalanced in the rare case that the member was thrown out
	// and is back, so that others may have read its partitions meanwhile:
	// open the group again.
	Poll(ctx context.Context) ([]Fetch, error)
	// Recycle is [Reader.Recycle].
	Recycle(messages []Message)

	// Commit makes positions durable and returns once they are. What is
	// committed for a partition this member no longer has is refused with
	// ErrRebalanced, and then nothing of the call may have been committed.
	Commit(ctx context.Context, positions []Position) error
	// Seek moves partitions of this member: nothing from before the call
	// is delivered after it.
	Seek(positions ...Position)
	// Pause stops fetching partitions without losing their position or their
	// place in the group. What was fetched or asked for before is still
	// delivered. Partitions that are gained begin unpaused.
	Pause(partitions ...TopicPartition)
	// Resume goes on with paused partitions.
	Resume(partitions ...TopicPartition)

	// Membership is what makes a transaction the act of this member, or
	// ErrRebalanced while it is none.
	Membership() (Membership, error)

	// Close stops reading, ends a Poll in progress, leaves the group (see
	// InstanceID and Leave) and waits until nothing of the reader is left running. It
	// commits nothing and calls none of the functions. Further calls do nothing.
	Close()
}

// Membership identifies a member of a group and the round of assignments it
// knows, which brokers compare with their own (KIP-447).
type Membership struct {
	Group, MemberID, InstanceID string
	Generation                  int32
}
