package query

import (
	"sync"
	"time"
)

// Progress is how far the restore of what queries remember has come. It counts records of
// changelogs; what snapshots have is not among them.
type Progress struct {
	// Starting says that a query waits for what it remembers.
	Starting bool
	// Done and Total are records; Total is 0 while nothing is known to be restored.
	Done, Total int64
	// Took is for how long records have been restored.
	Took time.Duration
}

// Plus returns the progress of two together.
func (p Progress) Plus(other Progress) Progress {
	return Progress{
		Starting: p.Starting || other.Starting, Done: p.Done + other.Done, Total: p.Total + other.Total, Took: max(p.Took, other.Took),
	}
}

// Rate is how many records are restored in a second.
func (p Progress) Rate() float64 { return float64(p.Done) / max(p.Took.Seconds(), 0.001) }

// Left is about how long it will take yet.
func (p Progress) Left() time.Duration {
	return time.Duration(float64(p.Total-p.Done) / max(p.Rate(), 1) * float64(time.Second))
}

// restoring is the progress of a query, which its worker tells and others ask for.
type restoring struct {
	mu    sync.Mutex
	now   Progress
	began time.Time
}

// starts notes that tasks have to be made, or that they are there.
func (r *restoring) starts(starting bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Starting = starting
	if !starting {
		r.now, r.began = Progress{}, time.Time{}
	}
}

// expects notes how many records are to be restored.
func (r *restoring) expects(records int64, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.began.IsZero() {
		r.began = at
	}
	r.now.Total += records
}

// restored notes records that have been.
func (r *restoring) restored(records int64, at time.Time) Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Done += records
	r.now.Took = at.Sub(r.began)
	return r.now
}

// progress returns how far it is.
func (r *restoring) progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}
