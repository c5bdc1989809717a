package query

import (
	"maps"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// Follow makes a push query go on where a consumer group stands. It is for plans in which a
// record makes a row at most, and nothing is remembered.
type Follow struct {
	// Starts are the offsets by partition with which the query begins; a partition that
	// is not among them begins as without a group.
	Starts map[int32]int64
	// Commit is told by partition which offsets come after what Next has returned, every so
	// often and at the end; nil if nothing is to be committed.
	Commit func(offsets map[int32]int64)
	Every  time.Duration
}

// follower keeps how far a query has come. A nil one does nothing.
type follower struct {
	*Follow
	now func() time.Time
	// ahead is behind what has been pushed, and done behind that of it which Next has returned.
	ahead, done map[int32]int64
	fresh       bool // done has changed since it was committed
	committed   time.Time
}

func newFollower(f *Follow, now func() time.Time) *follower {
	if f == nil {
		return nil
	}
	return &follower{Follow: f, now: now, ahead: map[int32]int64{}, done: map[int32]int64{}, committed: now()}
}

// starts are where the query begins.
func (f *follower) starts() map[int32]int64 {
	if f == nil {
		return nil
	}
	return f.Starts
}

// pushed notes that records are on their way to Next.
func (f *follower) pushed(records []data.Record) {
	if f == nil || f.Commit == nil {
		return
	}
	for i := range records {
		f.ahead[records[i].Partition] = records[i].Offset + 1
	}
}

// returned notes that Next has returned all that was pushed.
func (f *follower) returned() {
	if f == nil || f.Commit == nil {
		return
	}
	if !maps.Equal(f.done, f.ahead) {
		maps.Copy(f.done, f.ahead)
		f.fresh = true
	}
	if f.fresh && f.now().Sub(f.committed) >= f.Every {
		f.commit()
	}
}

// end commits what has been returned in the end: all of it, where the query has ended by itself.
func (f *follower) end(how End) {
	if f == nil || f.Commit == nil {
		return
	}
	if how != Stopped {
		f.returned()
	}
	if f.fresh {
		f.commit()
	}
}

func (f *follower) commit() {
	f.Commit(maps.Clone(f.done))
	f.fresh, f.committed = false, f.now()
}
