package broker

import (
	"context"
	"fmt"
)

// ReadOnlyError says what was not done since nothing may be changed.
type ReadOnlyError struct{ Change string }

// Error returns the change that was refused.
func (e *ReadOnlyError) Error() string { return e.Change + ", and nothing may be written" }

// ReadOnly returns a cluster that reads what c reads and refuses with a ReadOnlyError
// whatever would change it: records, topics and groups, joining one included.
// Closing it closes c.
func ReadOnly(c Cluster) Cluster { return readOnly{c} }

type readOnly struct{ Cluster }

func refusal(format string, args ...any) error {
	return &ReadOnlyError{fmt.Sprintf(format, args...)}
}

// CreateTopic implements Cluster.
func (readOnly) CreateTopic(_ context.Context, topic NewTopic) error {
	return refusal("the topic %s would be created", topic.Name)
}

// DeleteTopic implements Cluster.
func (readOnly) DeleteTopic(_ context.Context, name string) error {
	return refusal("the topic %s would be deleted", name)
}

// DeleteRecords implements Cluster.
func (readOnly) DeleteRecords(context.Context, []Position) error {
	return refusal("records would be deleted")
}

// DeleteGroup implements Cluster.
func (readOnly) DeleteGroup(_ context.Context, name string) error {
	return refusal("the group %s would be deleted", name)
}

// RemoveMember implements Cluster.
func (readOnly) RemoveMember(_ context.Context, group, _ string) error {
	return refusal("a member of the group %s would be removed", group)
}

// ResetGroup implements Cluster.
func (readOnly) ResetGroup(_ context.Context, name string, _ []Position) error {
	return refusal("positions of the group %s would be changed", name)
}

// Produce implements Cluster.
func (readOnly) Produce(_ context.Context, topic string, _ []Message) error {
	return refusal("a record would be written to the topic %s", topic)
}

// OpenGroup implements Cluster.
func (readOnly) OpenGroup(_ context.Context, options GroupOptions) (GroupReader, error) {
	return nil, refusal("the group %s would be joined", options.Group)
}

// OpenProducer implements Cluster.
func (readOnly) OpenProducer(context.Context, ProducerOptions) (Producer, error) {
	return nil, refusal("records would be written")
}
