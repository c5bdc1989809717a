package doctor

import (
	"context"
	"errors"
	"time"

	"github.com/ksqlite/ksqlite/runtime/network"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// registryPatience is how long a schema registry may take.
const registryPatience = 5 * time.Second

// askRegistry begins to ask the schema registry for something, and returns what waits for
// what has become of that. It goes its own way, so all else need not wait for it.
func (e *examination) askRegistry(ctx context.Context) (outcome func() error) {
	asked := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, registryPatience)
		defer cancel()
		asked <- e.Registry(ctx)
	}()
	return func() error {
		err := <-asked
		switch {
		case err == nil:
			return nil
		case network.TimedOut(err):
			return faultf(err, "correct schema.registry.url, or have the firewall let this machine through", "it does not answer within %s", seconds(registryPatience))
		}
		if known, ok := errors.AsType[*registry.FaultError](err); ok {
			return faultf(err, known.Change, "%s", known.Cause)
		}
		return faultf(err, "correct schema.registry.url, basic.auth.user.info and schema.registry.ssl.*", "%v", err)
	}
}
