package credentials

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// awsChain is where keys of AWS are looked for.
type awsChain struct {
	profile string // named by the client's properties; "" for none
}

// errNoKeys says that one place has no keys, and the next is to be asked.
var errNoKeys = errors.New("no credentials of AWS were found")

// find asks one place after the other. A profile that the properties name is the only one.
func (c awsChain) find(ctx context.Context) (keys, error) {
	if c.profile != "" {
		k, err := keysOfProfile(ctx, c.profile)
		if errors.Is(err, errNoKeys) {
			err = fmt.Errorf("AWS profile %s has no credentials", c.profile)
		}
		return k, err
	}
	places := []func(context.Context) (keys, error){
		keysOfEnvironment, keysOfServiceAccount,
		func(ctx context.Context) (keys, error) {
			return keysOfProfile(ctx, cmp.Or(os.Getenv("AWS_PROFILE"), "default"))
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

// keysOfProfile reads ~/.aws/credentials and ~/.aws/config, or the files that the environment names.
func keysOfProfile(ctx context.Context, profile string) (keys, error) {
	values := map[string]string{}
	for _, file := range []struct{ path, section string }{
		{awsFile("AWS_CONFIG_FILE", "config"), "profile " + profile},
		{awsFile("AWS_SHARED_CREDENTIALS_FILE", "credentials"), profile},
	} {
		content, err := os.ReadFile(file.path)
		if err != nil {
			continue
		}
		readSection(content, []string{file.section, profile}, values)
	}
	k := keys{id: values["aws_access_key_id"], secret: values["aws_secret_access_key"], session: values["aws_session_token"]}
	switch {
	case k.id != "" && k.secret != "":
		return k, nil
	case values["credential_process"] != "":
		return keysOfProcess(ctx, values["credential_process"])
	case values["sso_session"] != "" || values["sso_start_url"] != "" || values["role_arn"] != "":
		return k, fmt.Errorf("AWS profile %s logs in by SSO or takes a role: run `eval \"$(aws configure export-credentials --profile %s --format env)\"` first", profile, profile)
	}
	return k, errNoKeys
}

// awsFile is the path that a variable of the environment gives, or that of a file in ~/.aws; "" where
// there is neither.
func awsFile(variable, name string) string {
	if path := os.Getenv(variable); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".aws", name)
}

// readSection adds the values of sections of those names.
func readSection(content []byte, names []string, values map[string]string) {
	inside := false
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section := strings.Join(strings.Fields(strings.Trim(line, "[]")), " ")
			inside = section == names[0] || section == names[1]
		case inside:
			if name, value, ok := strings.Cut(line, "="); ok {
				values[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
			}
		}
	}
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

// processTimeout is how long a credential_process may take: as long as AWS's own libraries let it.
const processTimeout = time.Minute

// keysOfProcess runs the command of credential_process.
func keysOfProcess(ctx context.Context, line string) (keys, error) {
	shell, flag := "/bin/sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	ctx, cancel := context.WithTimeout(ctx, processTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, shell, flag, line)
	command.WaitDelay = time.Second // its children may hold its output
	out, err := command.Output()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return keys{}, fmt.Errorf("the credential_process of the AWS profile has not ended within %v", processTimeout)
	}
	if err != nil {
		return keys{}, fmt.Errorf("running the credential_process of the AWS profile: %w", err)
	}
	var answer awsAnswer
	if json.Unmarshal(out, &answer) != nil {
		return keys{}, errors.New("the credential_process of the AWS profile printed no JSON")
	}
	return answer.keys()
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

// keysOfServiceAccount takes the role that Kubernetes gives a service account, for the token
// that lies in a file: the one call of AWS that needs no signature.
func keysOfServiceAccount(ctx context.Context) (keys, error) {
	file, role := os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), os.Getenv("AWS_ROLE_ARN")
	if file == "" || role == "" {
		return keys{}, errNoKeys
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return keys{}, err
	}
	base := "https://sts.amazonaws.com"
	if region := cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")); region != "" {
		base = "https://sts." + region + ".amazonaws.com"
	}
	base = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_STS"), base)
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role},
		"RoleSessionName":  {cmp.Or(os.Getenv("AWS_ROLE_SESSION_NAME"), "ksqlite")},
		"WebIdentityToken": {strings.TrimSpace(string(content))},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader(form.Encode()))
	if err != nil {
		return keys{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, err := answered(awsClient(tokenTimeout).Do(request))
	if err != nil {
		return keys{}, fmt.Errorf("taking the role %s: %w", role, err)
	}
	var answer struct {
		Credentials struct {
			AccessKeyID     string `xml:"AccessKeyId"`
			SecretAccessKey string
			SessionToken    string
			Expiration      string
		} `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		return keys{}, fmt.Errorf("taking the role %s: %w", role, err)
	}
	c := answer.Credentials
	return awsAnswer{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken, Expiration: c.Expiration}.keys()
}
