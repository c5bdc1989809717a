package credentials

import (
	"cmp"
	"context"
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
// libraries do; or with those of a role that they may take.
func (s Settings) iam(j jaas, mechanism string) (*Login, error) {
	chain := awsChain{profile: j.options["awsProfileName"], now: s.Now, role: awsRole{
		arn: j.options["awsRoleArn"], session: j.options["awsRoleSessionName"],
		externalID: j.options["awsRoleExternalId"], region: j.options["awsStsRegion"],
	}}
	l := &Login{Name: mechanism, User: cmp.Or(chain.role.arn, chain.profile)}
	source := newAWSKeys(chain)
	l.Mechanism = aws.ManagedStreamingIAM(func(ctx context.Context) (aws.Auth, error) {
		k, err := source.current(ctx)
		return aws.Auth{AccessKey: k.id, SecretKey: k.secret, SessionToken: k.session, UserAgent: "ksqlite"}, err
	})
	return l, nil
}

// early is how long before they expire keys are renewed.
const early = 5 * time.Minute

// newAWSKeys finds keys, and others before they expire.
func newAWSKeys(chain awsChain) *renewed[keys] {
	return newRenewed(func(ctx context.Context) (keys, error) {
		found, err := chain.find(ctx)
		if err != nil {
			return keys{}, &SourceError{Change: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE", Err: err}
		}
		return found, nil
	}, func(k keys) bool { return k.expires.IsZero() || chain.now().Add(early).Before(k.expires) })
}
