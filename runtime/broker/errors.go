package broker

import (
	"errors"
	"fmt"
)

// Errors a caller may want to tell apart. What is returned wraps them and
// names the topic, address or principal.
var (
	// ErrUnknownTopic says that a topic does not exist.
	ErrUnknownTopic = errors.New("unknown topic")
	// ErrTopicExists says that a topic to be created exists already.
	ErrTopicExists = errors.New("topic already exists")
	// ErrTopicDeleted says that a topic was deleted while it was read.
	ErrTopicDeleted = errors.New("topic was deleted")
	// ErrUnreachable says that no broker answered; the addresses are named.
	ErrUnreachable = errors.New("broker is unreachable")
	// ErrAuthentication says that the cluster did not accept the credentials;
	// the mechanism and the principal are named.
	ErrAuthentication = errors.New("authentication failed")
	// ErrAuthorization says that the principal may not do what was asked.
	ErrAuthorization = errors.New("not authorized")
	// ErrTooLarge says that a message is larger than the client or the
	// topic allows.
	ErrTooLarge = errors.New("message is too large")
	// ErrInvalid says that the cluster refused a request as wrong: an invalid
	// topic name, a partition count, a config.
	ErrInvalid = errors.New("invalid request")
	// ErrPartitions is the ErrInvalid for a number of partitions that a topic cannot have.
	ErrPartitions = fmt.Errorf("%w: number of partitions", ErrInvalid)
	// ErrUnknownGroup says that a consumer group does not exist.
	ErrUnknownGroup = errors.New("unknown consumer group")
	// ErrGroupInUse says that a consumer group has members.
	ErrGroupInUse = errors.New("consumer group has active members")
	// ErrRebalanced says that a partition is no longer read by the member of a
	// group that wanted to commit for it.
	ErrRebalanced = errors.New("partition was taken away by a rebalance")
	// ErrFenced says that another process has taken over the transactional id
	// or the group instance id.
	ErrFenced = errors.New("fenced by another instance")
	// ErrTransactionExpired says that the cluster has aborted a transaction that
	// was open for longer than its timeout.
	ErrTransactionExpired = errors.New("transaction was open for too long and has been aborted")
	// ErrClosed says that the cluster, reader or producer was closed before.
	ErrClosed = errors.New("closed")
)

// DeniedError is an ErrAuthorization that says what the principal lacks, in the words of
// Kafka's ACLs.
type DeniedError struct {
	Principal string // such as User:alice
	Operation string // such as Read
	Resource  string // Topic, Group, TransactionalId or Cluster
	Name      string
}

// Error implements error.
func (e *DeniedError) Error() string {
	return fmt.Sprintf("%v: %s", ErrAuthorization, e.Lack())
}

// Lack says in one clause what the principal lacks.
func (e *DeniedError) Lack() string {
	return fmt.Sprintf("%s lacks the operation %s on %s %s", e.Principal, e.Operation, e.Resource, e.Name)
}

// Unwrap makes it an ErrAuthorization.
func (e *DeniedError) Unwrap() error { return ErrAuthorization }
