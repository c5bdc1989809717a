package kafka

import (
	"log/slog"
	"sync"
	"time"
)

// outage tells a logger when brokers have not answered for a while, and when
// they do again: who reads or writes goes on to wait for them, but should know what for.
type outage struct {
	log   *slog.Logger
	after time.Duration
	// what is said then, and when it is over
	down, up string
	// what is said besides, as in slog
	about []any

	mu    sync.Mutex
	timer *time.Timer // nil while all is well
	said  bool
}

// asked notes that the brokers have been asked something.
func (o *outage) asked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer == nil {
		o.timer = time.AfterFunc(o.after, o.say)
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
	told, o.timer, o.said = o.said, nil, false
	return told
}
