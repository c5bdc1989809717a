package credentials

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// awsRole is a role whose keys the service STS hands out.
type awsRole struct {
	arn string
	// The rest may be empty: what the session is called, the word that the role's owner asks for, how
	// long the keys are good for, and where the service is asked.
	session, externalID, seconds, region string
}

// keysOfServiceAccount takes the role that Kubernetes gives a service account.
func keysOfServiceAccount(ctx context.Context) (keys, error) {
	file, role := os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), awsRole{arn: os.Getenv("AWS_ROLE_ARN"), session: os.Getenv("AWS_ROLE_SESSION_NAME")}
	if file == "" || role.arn == "" {
		return keys{}, errNoKeys
	}
	return role.takeWithToken(ctx, file)
}

// takeWithToken takes the role for the token that lies in a file: the one call of AWS that needs
// no signature.
func (r awsRole) takeWithToken(ctx context.Context, file string) (keys, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return keys{}, err
	}
	form := r.form("AssumeRoleWithWebIdentity")
	form.Set("WebIdentityToken", strings.TrimSpace(string(content)))
	return r.ask(ctx, form, func(*http.Request, string) {})
}

// take takes the role with the keys of somebody who may.
func (r awsRole) take(ctx context.Context, k keys, now time.Time) (keys, error) {
	form := r.form("AssumeRole")
	if r.externalID != "" {
		form.Set("ExternalId", r.externalID)
	}
	return r.ask(ctx, form, func(request *http.Request, body string) {
		k.sign(request, body, signed{service: "sts", region: cmp.Or(r.where(), "us-east-1"), at: now})
	})
}

// form are the parameters of both calls.
func (r awsRole) form(action string) url.Values {
	form := url.Values{
		"Action": {action}, "Version": {"2011-06-15"}, "RoleArn": {r.arn}, "RoleSessionName": {cmp.Or(r.session, "ksqlite")},
	}
	if r.seconds != "" {
		form.Set("DurationSeconds", r.seconds)
	}
	return form
}

// where is the region of the service, "" for the one of all regions.
func (r awsRole) where() string {
	return cmp.Or(r.region, regionOfEnvironment())
}

func regionOfEnvironment() string {
	return cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))
}

// ask asks STS for the keys.
func (r awsRole) ask(ctx context.Context, form url.Values, sign func(request *http.Request, body string)) (keys, error) {
	base := "https://sts.amazonaws.com"
	if region := r.where(); region != "" {
		base = "https://sts." + region + ".amazonaws.com"
	}
	base = strings.TrimSuffix(cmp.Or(os.Getenv("AWS_ENDPOINT_URL_STS"), base), "/") + "/"
	body := form.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader(body))
	if err != nil {
		return keys{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	sign(request, body)
	response, err := awsClient(tokenTimeout).Do(request)
	if err != nil {
		return keys{}, fmt.Errorf("taking the role %s: %w", r.arn, err)
	}
	defer response.Body.Close()
	k, err := roleKeys(response)
	if err != nil {
		return keys{}, fmt.Errorf("taking the role %s: %w", r.arn, err)
	}
	return k, nil
}

// roleKeys reads the answer to either call.
func roleKeys(response *http.Response) (keys, error) {
	type given struct {
		AccessKeyID     string `xml:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      string
	}
	var answer struct {
		ByKeys  given `xml:"AssumeRoleResult>Credentials"`
		ByToken given `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
		// Why there are none.
		Code    string `xml:"Error>Code"`
		Message string `xml:"Error>Message"`
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTokenAnswer))
	if err != nil {
		return keys{}, err
	}
	err = xml.Unmarshal(body, &answer)
	switch {
	case response.StatusCode != http.StatusOK && answer.Code != "":
		return keys{}, fmt.Errorf("%s answers %s: %s", response.Request.URL.Redacted(), answer.Code, answer.Message)
	case response.StatusCode != http.StatusOK:
		return keys{}, fmt.Errorf("%s answers %s", response.Request.URL.Redacted(), response.Status)
	case err != nil:
		return keys{}, errors.New("the service of AWS for roles answered no XML")
	}
	c := answer.ByKeys
	if c == (given{}) {
		c = answer.ByToken
	}
	return awsAnswer{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken, Expiration: c.Expiration}.keys()
}

// signed is what a signature holds for besides the request: one service, in one region, for some minutes.
type signed struct {
	service, region string
	at              time.Time
}

// sign puts the signature of the keys on a request without a query, as AWS's Signature Version 4
// asks for it.
func (k keys) sign(request *http.Request, body string, s signed) {
	at := s.at.UTC().Format("20060102T150405Z")
	request.Header.Set("X-Amz-Date", at)
	names, lines := "content-type;host;x-amz-date", fmt.Sprintf("content-type:%s\nhost:%s\nx-amz-date:%s\n",
		request.Header.Get("Content-Type"), request.URL.Host, at)
	if k.session != "" {
		request.Header.Set("X-Amz-Security-Token", k.session)
		names, lines = names+";x-amz-security-token", lines+"x-amz-security-token:"+k.session+"\n"
	}
	canonical := strings.Join([]string{request.Method, cmp.Or(request.URL.EscapedPath(), "/"), "", lines, names, digest(body)}, "\n")
	scope := strings.Join([]string{at[:len("20060102")], s.region, s.service, "aws4_request"}, "/")
	key := []byte("AWS4" + k.secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = authenticated(key, part)
	}
	signature := hex.EncodeToString(authenticated(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+digest(canonical)))
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", k.id, scope, names, signature))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func authenticated(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
