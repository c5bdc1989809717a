package credentials

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sasl/aws"
)

// keys are credentials of AWS.
type keys struct {
	id, secret, session string
	// expires is the zero time for keys that do not.
	expires time.Time
}

// iam logs in as AWS knows this process: with keys from the environment, a profile, the role
// of a service account, of a container or of the machine, in this order, as AWS's own programs do.
func (s Settings) iam(j jaas, mechanism string) (*Login, error) {
	if j.options["awsRoleArn"] != "" {
		return nil, errors.New("client property sasl.jaas.config: awsRoleArn is not supported: name a profile with awsProfileName whose credential_process takes the role")
	}
	profile := j.options["awsProfileName"]
	l := &Login{Name: mechanism, User: profile}
	source := &awsKeys{now: s.Now, chain: awsChain{profile: profile}}
	l.Mechanism = aws.ManagedStreamingIAM(func(ctx context.Context) (aws.Auth, error) {
		k, err := source.current(ctx)
		return aws.Auth{AccessKey: k.id, SecretKey: k.secret, SessionToken: k.session, UserAgent: "ksqlite"}, err
	})
	return l, nil
}

// awsKeys finds keys, and others before they expire. It is safe for concurrent use.
type awsKeys struct {
	now   func() time.Time
	chain awsChain

	mu   sync.Mutex
	kept keys
}

// early is how long before they expire keys are renewed.
const early = 5 * time.Minute

func (a *awsKeys) current(ctx context.Context) (keys, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept.id != "" && (a.kept.expires.IsZero() || a.now().Add(early).Before(a.kept.expires)) {
		return a.kept, nil
	}
	found, err := a.chain.find(ctx)
	if err != nil {
		return keys{}, &SourceError{Change: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE", Err: err}
	}
	a.kept = found
	return found, nil
}
