package credentials

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/sasl/aws"
)

// keys are credentials of AWS.
type keys struct {
	id, secret, session string
	// expires is the zero time for keys that do not.
	expires time.Time
}

// iam logs in as AWS knows this process: with keys from the environment, of the role of
// a service account, from a profile, of a container or of the machine, in this order, as AWS's own
// libraries do.
func (s Settings) iam(j jaas, mechanism string) (*Login, error) {
	if j.options["awsRoleArn"] != "" {
		return nil, errors.New("client property sasl.jaas.config: awsRoleArn is not supported: name a profile with awsProfileName whose credential_process takes the role")
	}
	profile := j.options["awsProfileName"]
	l := &Login{Name: mechanism, User: profile}
	source := newAWSKeys(awsChain{profile: profile}, s.Now)
	l.Mechanism = aws.ManagedStreamingIAM(func(ctx context.Context) (aws.Auth, error) {
		k, err := source.current(ctx)
		return aws.Auth{AccessKey: k.id, SecretKey: k.secret, SessionToken: k.session, UserAgent: "ksqlite"}, err
	})
	return l, nil
}

// early is how long before they expire keys are renewed.
const early = 5 * time.Minute

// newAWSKeys finds keys, and others before they expire.
func newAWSKeys(chain awsChain, now func() time.Time) *renewed[keys] {
	return newRenewed(func(ctx context.Context) (keys, error) {
		found, err := chain.find(ctx)
		if err != nil {
			return keys{}, &SourceError{Change: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE", Err: err}
		}
		return found, nil
	}, func(k keys) bool { return k.expires.IsZero() || now().Add(early).Before(k.expires) })
}
