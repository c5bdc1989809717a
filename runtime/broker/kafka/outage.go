package kafka

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// doubtful is how long a broker may take to answer before it counts as silent.
const doubtful = time.Second

// outage tells a logger when brokers have not answered for a while, and when
// they do again: who reads or writes goes on to wait for them, but should know what for. Sooner
// than that, after a moment, it counts as one of silences.
type outage struct {
	log      *slog.Logger
	silences *atomic.Int32
	after    time.Duration
	// what is said then, and when it is over
	down, up string
	// what is said besides, as in slog
	about []any

	mu     sync.Mutex
	timer  *time.Timer // nil while all is well
	silent bool        // it counts
	said   bool
}

// asked notes that the brokers have been asked something.
func (o *outage) asked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer == nil {
		o.timer = time.AfterFunc(min(doubtful, o.after), o.doubt)
	}
}

// doubt counts the outage, and has it told if it goes on.
func (o *outage) doubt() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil && !o.silent {
		o.silent = true
		o.silences.Add(1)
		o.timer = time.AfterFunc(max(o.after-doubtful, 0), o.say)
	}
}

// say says that nobody has answered.
func (o *outage) say() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.said = true
		o.log.Warn(o.down, o.about...)
	}
}

// answered notes that a broker has answered.
func (o *outage) answered() {
	if o.over() {
		o.log.Warn(o.up, o.about...)
	}
}

// over ends the watch, and reports whether the outage had been told.
func (o *outage) over() (told bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.timer.Stop()
	}
	if o.silent {
		o.silences.Add(-1)
	}
	told, o.timer, o.silent, o.said = o.said, nil, false, false
	return told
}
