package kafka

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// login watches what becomes of the credentials. Some brokers, the embedded
// one among them, answer a wrong password by hanging up, which franz-go takes
// for a broken connection and tries again.
type login struct {
	// accepted is set once a broker has answered a request.
	accepted atomic.Bool
	// hungUp is set when a broker hung up on a log-in before that.
	hungUp atomic.Bool
	// giveUp is called then.
	giveUp func()
}

var _ kgo.HookBrokerE2E = (*login)(nil)

// OnBrokerE2E implements kgo.HookBrokerE2E.
func (l *login) OnBrokerE2E(_ kgo.BrokerMetadata, key int16, e kgo.BrokerE2E) {
	if key == int16(kmsg.SASLAuthenticate) && errors.Is(e.ReadErr, io.EOF) && !l.accepted.Load() {
		l.hungUp.Store(true)
		l.giveUp()
	}
}
