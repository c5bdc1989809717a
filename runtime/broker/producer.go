package broker

import (
	"context"
	"time"
)

// ProducerOptions says how a producer writes.
type ProducerOptions struct {
	// TransactionalID makes every write part of a transaction, and this
	// producer the only one with the id: the one before it is fenced and what
	// it left open is aborted. Empty means no transactions.
	TransactionalID string
	// TransactionTimeout is after how long the cluster aborts a transaction
	// that was not ended, 10 s by default. Readers of committed records wait
	// that long for a producer that was killed and did not come back.
	TransactionTimeout time.Duration
	// Now is the clock by which a transaction that took too long is told from
	// one that another producer has ended: brokers do not. It is the machine's by
	// default.
	Now func() time.Time
	// Acknowledged, if it is not nil, is told of each message that the cluster has, by a
	// goroutine of the producer, which it must not hold up.
	Acknowledged func()
	// GivesUp makes it an error, ErrUnreachable, that the cluster has acknowledged nothing of
	// what waits for delivery.timeout.ms, where a producer otherwise waits for as long as the
	// cluster is away. What is told of after a third of that time goes to the log.
	GivesUp bool
}

// Producer writes messages in batches, without waiting for each.
//
// Retries never write a message twice, and messages of one partition stay in
// order. A cluster that is away is waited for, until the context of Flush is
// done or, with GivesUp, for a time. Produce, Flush and the ends of transactions belong to one goroutine.
//
// The first error stays: further calls return it. A producer without
// transactions is to be closed then; AbortTransaction clears any error but
// ErrFenced and ErrTransactionExpired.
type Producer interface {
	// Produce hands a message over. The key, value and headers must not be
	// changed until it is written, that is until Flush or an end of the
	// transaction has returned. It blocks while too much waits to be written
	// (buffer.memory), and returns the error of an earlier message. With
	// transactions, the first message after an end begins the next one.
	//
	// An error of a message is ErrUnknownTopic, ErrTooLarge,
	// ErrAuthorization, ErrFenced or one that names none of them.
	Produce(ctx context.Context, topic string, message Message) error
	// Flush waits until everything handed over is written, and returns the
	// first error. When ctx is done before, its error is returned and the rest
	// is still being written.
	Flush(ctx context.Context) error

	// CommitTransaction flushes and makes what was written since the last end
	// visible, together with the positions of a group up to which it was
	// made: either all of it or nothing. Without positions group may be nil.
	// That is certain when it returns, though readers may see it a moment later.
	//
	// After an error the transaction is aborted, or will be when the producer
	// that follows opens. Whether it was committed is unknown only when the
	// cluster could not be reached; the group's committed positions tell. It
	// returns ErrRebalanced when a partition is no longer the group reader's,
	// ErrFenced when another producer has taken over the id, and
	// ErrTransactionExpired when the transaction was open for longer than
	// TransactionTimeout.
	CommitTransaction(ctx context.Context, group GroupReader, positions []Position) error
	// AbortTransaction drops what was written since the last end.
	AbortTransaction(ctx context.Context) error

	// Close drops what was not flushed, leaves an open transaction to be
	// aborted, and waits until nothing of the producer is left running.
	// Further calls do nothing.
	Close()
}
