package credentials

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// awsChain is where keys of AWS are looked for.
type awsChain struct {
	profile string  // named by the client's properties; "" for none
	role    awsRole // that is taken with what was found; without an arn for none
	now     func() time.Time
}

// errNoKeys says that one place has no keys, and the next is to be asked.
var errNoKeys = errors.New("no credentials of AWS were found")

// find asks one place after the other, and takes the role that the properties name.
func (c awsChain) find(ctx context.Context) (keys, error) {
	k, err := c.look(ctx)
	if err != nil || c.role.arn == "" {
		return k, err
	}
	return c.role.take(ctx, k, c.now())
}

// look asks one place after the other. A profile that the properties name is the only one.
func (c awsChain) look(ctx context.Context) (keys, error) {
	if c.profile != "" {
		k, err := c.keysOfProfile(ctx, c.profile)
		if errors.Is(err, errNoKeys) {
			err = fmt.Errorf("AWS profile %s has no credentials", c.profile)
		}
		return k, err
	}
	places := []func(context.Context) (keys, error){
		keysOfEnvironment, keysOfServiceAccount,
		func(ctx context.Context) (keys, error) {
			return c.keysOfProfile(ctx, cmp.Or(os.Getenv("AWS_PROFILE"), "default"))
		},
		keysOfContainer, keysOfMachine,
	}
	for _, place := range places {
		if k, err := place(ctx); !errors.Is(err, errNoKeys) {
			return k, err
		}
	}
	return keys{}, errNoKeys
}

func keysOfEnvironment(context.Context) (keys, error) {
	k := keys{id: os.Getenv("AWS_ACCESS_KEY_ID"), secret: os.Getenv("AWS_SECRET_ACCESS_KEY"), session: os.Getenv("AWS_SESSION_TOKEN")}
	if k.id == "" || k.secret == "" {
		return k, errNoKeys
	}
	return k, nil
}

// awsAnswer is how programs and services of AWS hand out keys.
type awsAnswer struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Token           string
	Expiration      string
}

func (a awsAnswer) keys() (keys, error) {
	k := keys{id: a.AccessKeyID, secret: a.SecretAccessKey, session: cmp.Or(a.SessionToken, a.Token)}
	if k.id == "" || k.secret == "" {
		return k, errors.New("the answer holds no AccessKeyId and SecretAccessKey")
	}
	if a.Expiration != "" {
		expires, err := time.Parse(time.RFC3339, a.Expiration)
		if err != nil {
			return k, fmt.Errorf("the answer's Expiration: %w", err)
		}
		k.expires = expires
	}
	return k, nil
}

// awsClient asks services nearby, which are there at once or not at all.
func awsClient(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}
}

// keysOfContainer asks the agent of ECS, or of EKS pod identities.
func keysOfContainer(ctx context.Context) (keys, error) {
	address := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if relative := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); relative != "" {
		address = "http://169.254.170.2" + relative
	}
	if address == "" {
		return keys{}, errNoKeys
	}
	authorization := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
	if file := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return keys{}, err
		}
		authorization = strings.TrimSpace(string(content))
	}
	header := http.Header{}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return fetchKeys(ctx, http.MethodGet, address, header)
}

// keysOfMachine asks the service of EC2 that knows the role of the machine.
func keysOfMachine(ctx context.Context) (keys, error) {
	if strings.EqualFold(os.Getenv("AWS_EC2_METADATA_DISABLED"), "true") {
		return keys{}, errNoKeys
	}
	base := cmp.Or(os.Getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT"), "http://169.254.169.254")
	base = strings.TrimSuffix(base, "/")
	header := http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"300"}}
	session, err := fetch(ctx, http.MethodPut, base+"/latest/api/token", header)
	if err != nil {
		return keys{}, errNoKeys // no machine of AWS
	}
	header = http.Header{"X-Aws-Ec2-Metadata-Token": {string(session)}}
	roles := base + "/latest/meta-data/iam/security-credentials/"
	role, err := fetch(ctx, http.MethodGet, roles, header)
	if err != nil {
		return keys{}, errNoKeys // a machine without a role
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(role)), "\n")
	return fetchKeys(ctx, http.MethodGet, roles+first, header)
}

func fetchKeys(ctx context.Context, method, address string, header http.Header) (keys, error) {
	body, err := fetch(ctx, method, address, header)
	if err != nil {
		return keys{}, err
	}
	var answer awsAnswer
	if json.Unmarshal(body, &answer) != nil {
		return keys{}, errors.New("the service of AWS for credentials answered no JSON")
	}
	return answer.keys()
}

// nearby is how long a service on the same machine may take.
const nearby = 2 * time.Second

func fetch(ctx context.Context, method, address string, header http.Header) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header = header
	return answered(awsClient(nearby).Do(request))
}

// answered reads a good answer.
func answered(response *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", response.Request.URL.Redacted(), response.Status)
	}
	return body, nil
}
