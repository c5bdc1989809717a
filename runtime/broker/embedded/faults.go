package embedded

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kfake"
)

// faultLog takes kfake's log lines. Those about the disk are kept, because
// the protocol has no code for them: the producer is told
// UNKNOWN_SERVER_ERROR and can ask here what it means.
type faultLog struct {
	log   *slog.Logger
	last  atomic.Pointer[error]
	muted atomic.Bool
}

// mute drops everything from now on.
func (f *faultLog) mute() { f.muted.Store(true) }

var _ kfake.Logger = (*faultLog)(nil)

// forget makes fault return what happens from now on.
func (f *faultLog) forget() { f.last.Store(nil) }

// Logf implements kfake.Logger.
func (f *faultLog) Logf(level kfake.LogLevel, format string, args ...any) {
	if level > kfake.LogLevelWarn || f.muted.Load() {
		return // below warnings are requests, one by one
	}
	message := fmt.Sprintf(format, args...)
	if strings.HasPrefix(message, "persist") {
		f.keep(args)
		f.log.Error("the embedded broker cannot write its data", "reason", message)
		return
	}
	f.log.Warn("embedded broker: " + message)
}

func (f *faultLog) keep(args []any) {
	for _, a := range args {
		if err, ok := a.(error); ok {
			f.last.Store(&err)
		}
	}
}

// fault returns the last error of the disk, nil when there was none.
func (f *faultLog) fault() error {
	if err := f.last.Load(); err != nil {
		return fmt.Errorf("the embedded broker cannot write its data: %w", *err)
	}
	return nil
}
