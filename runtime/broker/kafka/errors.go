package kafka

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// The operations on resources that requests need, as Kafka's ACLs call them.
const (
	opRead            = "Read"
	opWrite           = "Write"
	opCreate          = "Create"
	opDelete          = "Delete"
	opDescribe        = "Describe"
	opDescribeConfigs = "DescribeConfigs"
	opIdempotentWrite = "IdempotentWrite"
)

// explain turns an error of franz-go or of the broker into one of package
// broker's. It returns nil for nil, and errors it doesn't know as they are.
func (c *Cluster) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if known := explained(err); known != nil {
		return known
	}
	if c.refused(err) {
		return c.refusal(err)
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	if c.closed.Load() || errors.Is(err, kgo.ErrClientClosed) {
		return broker.ErrClosed
	}
	if errors.Is(err, kerr.UnknownServerError) && c.diagnose != nil {
		if reason := c.diagnose(); reason != nil {
			return reason
		}
	}
	if unreachable(err) {
		return fmt.Errorf("%w: %s: %w", broker.ErrUnreachable, strings.Join(c.settings.bootstrap, ","), err)
	}
	return err
}

// explained returns the error as it is when it went through here before.
func explained(err error) error {
	for _, sentinel := range []error{
		broker.ErrUnknownTopic, broker.ErrTopicExists, broker.ErrTopicDeleted, broker.ErrUnreachable,
		broker.ErrAuthentication, broker.ErrAuthorization, broker.ErrTooLarge, broker.ErrInvalid, broker.ErrClosed,
		broker.ErrUnknownGroup, broker.ErrGroupInUse, broker.ErrRebalanced, broker.ErrFenced, broker.ErrTransactionExpired,
	} {
		if errors.Is(err, sentinel) {
			return err
		}
	}
	return nil
}

// aboutTopic is explain for a request that named a topic and needs an operation on it.
func (c *Cluster) aboutTopic(ctx context.Context, operation, topic string, err error) error {
	switch code := codeOf(err); {
	case code == kerr.TopicAuthorizationFailed.Code, code == kerr.ClusterAuthorizationFailed.Code && operation == opWrite:
		// A producer is given an id by who may write to some topic.
		return fmt.Errorf("topic %s: %w", topic, c.denied(operation, "Topic", topic))
	case code == kerr.ClusterAuthorizationFailed.Code:
		return fmt.Errorf("topic %s: %w", topic, c.denied(operation, "Cluster", "kafka-cluster"))
	}
	if sentinel := topicSentinel(err); sentinel != nil {
		if detail := kerr.TypedErrorForCode(codeOf(err)); errors.Is(sentinel, broker.ErrInvalid) && detail != nil {
			return fmt.Errorf("topic %s: %w: %s", topic, sentinel, strings.TrimSuffix(detail.Description, "."))
		}
		return fmt.Errorf("topic %s: %w", topic, sentinel)
	}
	return c.explain(ctx, err)
}

// denied says what the principal of this client lacks.
func (c *Cluster) denied(operation, resource, name string) error {
	return &broker.DeniedError{Principal: c.way.Principal(), Operation: operation, Resource: resource, Name: name}
}

// topicSentinel maps what a broker says about a topic, nil for anything else.
func topicSentinel(err error) error {
	switch code := codeOf(err); code {
	case kerr.UnknownTopicOrPartition.Code, kerr.UnknownTopicID.Code:
		return broker.ErrUnknownTopic
	case kerr.TopicAlreadyExists.Code:
		return broker.ErrTopicExists
	case kerr.TopicAuthorizationFailed.Code, kerr.ClusterAuthorizationFailed.Code, kerr.GroupAuthorizationFailed.Code,
		kerr.TransactionalIDAuthorizationFailed.Code:
		return broker.ErrAuthorization
	case kerr.MessageTooLarge.Code, kerr.RecordListTooLarge.Code:
		return broker.ErrTooLarge
	case kerr.InvalidPartitions.Code:
		return broker.ErrPartitions
	case kerr.InvalidTopicException.Code, kerr.InvalidReplicationFactor.Code,
		kerr.InvalidReplicaAssignment.Code, kerr.InvalidConfig.Code, kerr.InvalidRequest.Code, kerr.PolicyViolation.Code:
		return broker.ErrInvalid
	}
	return nil
}

// codeOf returns the protocol's code in an error, 0 where there is none.
func codeOf(err error) int16 {
	if typed, ok := errors.AsType[*kerr.Error](err); ok {
		return typed.Code
	}
	return 0
}

// insist tries again what a broker is not ready for yet, as long as ctx lets
// it: Apache Kafka makes the topics behind groups and transactions when they are
// first asked for, and says meanwhile that there is no coordinator; and it writes
// the markers of a transaction after it has answered that it is committed.
func (c *Cluster) insist(ctx context.Context, try func() error) error {
	for tries := 1; ; tries++ {
		err := try()
		again := kerr.IsRetriable(err) && topicSentinel(err) == nil || errors.Is(err, kerr.ConcurrentTransactions)
		if !again || pause(ctx, c.settings.retryBackoff(tries)) != nil {
			return err
		}
	}
}

// refused reports whether the broker did not accept the log-in.
func (c *Cluster) refused(err error) bool {
	switch codeOf(err) {
	case kerr.SaslAuthenticationFailed.Code, kerr.UnsupportedSaslMechanism.Code, kerr.IllegalSaslState.Code:
		return true
	}
	return errors.Is(err, broker.ErrAuthentication) || c.login.hungUp.Load() && !c.login.accepted.Load()
}

// refusal names the mechanism and the user, and says what is wrong where it is
// not the password.
func (c *Cluster) refusal(err error) error {
	refusal := broker.ErrAuthentication
	if login := c.way.login; login != nil {
		refusal = fmt.Errorf("%w: %s for user %q", broker.ErrAuthentication, login.Name, login.User)
	}
	switch codeOf(err) {
	case kerr.UnsupportedSaslMechanism.Code:
		return fmt.Errorf("%w: the broker does not have this mechanism", refusal)
	case kerr.IllegalSaslState.Code:
		return fmt.Errorf("%w: the broker does not expect a log-in here", refusal)
	}
	return refusal
}

// noKafka begins franz-go's message about an answer that no Kafka gives, but
// something else that listens there; the error has no type of its own.
const noKafka = "invalid large response size"

// unreachable reports whether an error is about the connection.
func unreachable(err error) bool {
	if strings.Contains(err.Error(), noKafka) {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*kgo.ErrFirstReadEOF](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, kgo.ErrRecordTimeout) ||
		errors.Is(err, net.ErrClosed) || kgo.IsRetryableBrokerErr(err)
}
