package embedded

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// clusterID is what the broker answers when asked who it is.
const clusterID = "ksqlite"

// maxMessageBytes is the largest batch the broker takes, eight times Apache
// Kafka's default: nobody operates this broker who could raise it.
const maxMessageBytes = 8 << 20

// never is a pause no process lives to see, small enough to be a
// time.Duration when kfake counts it in nanoseconds.
const never = 100 * 365 * 24 * time.Hour

// brokerConfigs are the broker's settings that differ from kfake's.
func brokerConfigs() map[string]string {
	return map[string]string{
		// The cleaner loses committed values of compacted topics while a
		// transaction is open, and swaps segments in a way a crash can hit.
		"log.cleaner.backoff.ms": strconv.FormatInt(never.Milliseconds(), 10),
		// Retention runs with the cleaner, so nothing expires. Say so, also
		// for compacted topics, which would get the seven days otherwise.
		"log.retention.ms":  "-1",
		"message.max.bytes": strconv.Itoa(maxMessageBytes),
	}
}

// settings turns options into kfake's.
func settings(o Options, dir string, l *listener, faults *faultLog) []kfake.Opt {
	set := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ClusterID(clusterID),
		kfake.DataDir(dir),
		kfake.ListenFn(l.listenFn),
		kfake.WithLogger(faults),
		kfake.BrokerConfigs(brokerConfigs()),
		kfake.DefaultNumPartitions(max(o.DefaultPartitions, 1)),
	}
	if o.SyncWrites {
		set = append(set, kfake.SyncWrites())
	}
	if len(o.Users) > 0 {
		set = append(set, kfake.EnableSASL())
	}
	for _, u := range o.Users {
		set = append(set, kfake.Superuser(u.Mechanism, u.Name, u.Password))
	}
	return set
}

// logger returns the options' logger, or one that drops everything.
func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}
