package kafka

import (
	"context"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kgo"
)

// logger hands franz-go's log to slog, one level down: what it warns of, a
// connection lost and tried again, is an error only if it goes on, and then
// whoever asked is told.
type logger struct{ to *slog.Logger }

var _ kgo.Logger = logger{}

// Level implements kgo.Logger.
func (l logger) Level() kgo.LogLevel {
	if l.to.Enabled(context.Background(), slog.LevelDebug) {
		return kgo.LogLevelInfo
	}
	return kgo.LogLevelWarn
}

// Log implements kgo.Logger.
func (l logger) Log(level kgo.LogLevel, message string, keyvals ...any) {
	to := slog.LevelDebug
	if level == kgo.LogLevelError || level == kgo.LogLevelWarn {
		to = slog.LevelInfo
	}
	l.to.Log(context.Background(), to, message, keyvals...)
}
