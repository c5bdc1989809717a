package credentials

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// service is all of AWS that hands out keys: the agent of containers, the one of machines, and STS.
func service(t *testing.T) *httptest.Server {
	t.Helper()
	expires := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		give := func(id string) {
			_ = json.NewEncoder(w).Encode(map[string]string{"AccessKeyId": id, "SecretAccessKey": "s3cret", "Token": "session", "Expiration": expires})
		}
		switch {
		case r.URL.Path == "/container" && r.Header.Get("Authorization") == "let-me-in":
			give("container")
		case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token":
			fmt.Fprint(w, "metadata-token")
		case r.Header.Get("X-Aws-Ec2-Metadata-Token") == "metadata-token" && strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			fmt.Fprint(w, "the-role\n")
		case r.Header.Get("X-Aws-Ec2-Metadata-Token") == "metadata-token" && strings.HasSuffix(r.URL.Path, "/security-credentials/the-role"):
			give("machine")
		case r.FormValue("Action") == "AssumeRoleWithWebIdentity" && r.FormValue("WebIdentityToken") == "service-account":
			fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
				<Credentials><AccessKeyId>web</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey><SessionToken>session</SessionToken>
				<Expiration>%s</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`, expires)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// Keys are found where AWS's own programs find them.
func TestKeysOfAWS(t *testing.T) {
	at := service(t)
	home := t.TempDir()
	for name, content := range map[string]string{
		"credentials": "[default]\naws_access_key_id = from-default\naws_secret_access_key = s3cret\n\n# mine\n[work]\naws_access_key_id=from-work\naws_secret_access_key=s3cret\naws_session_token=session\n",
		"config": "[profile process]\ncredential_process = echo '{\"Version\":1,\"AccessKeyId\":\"from-process\",\"SecretAccessKey\":\"s3cret\"}'\n" +
			"[profile sso]\nsso_session = corp\n[profile broken]\ncredential_process = false\n",
		"token": "service-account\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		environment, profile, want string
	}{
		"environment":         {"AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=s3cret", "", "AKIA"},
		"profile wins":        {"AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=s3cret", "work", "from-work"},
		"default profile":     {"", "", "from-default"},
		"named profile":       {"AWS_PROFILE=work", "", "from-work"},
		"process":             {"", "process", "from-process"},
		"process that fails":  {"", "broken", "error: running the credential_process of the AWS profile: exit status 1"},
		"SSO":                 {"", "sso", "error: AWS profile sso logs in by SSO or takes a role"},
		"no such profile":     {"", "nowhere", "error: AWS profile nowhere has no credentials"},
		"service account":     {"AWS_WEB_IDENTITY_TOKEN_FILE=HOME/token AWS_ROLE_ARN=arn:aws:iam::1:role/r AWS_ENDPOINT_URL_STS=@", "", "web"},
		"a role not for us":   {"AWS_WEB_IDENTITY_TOKEN_FILE=HOME/config AWS_ROLE_ARN=arn:aws:iam::1:role/r AWS_ENDPOINT_URL_STS=@", "", "error: taking the role arn:aws:iam::1:role/r: @ answers 403 Forbidden"},
		"container":           {"AWS_PROFILE=none AWS_CONTAINER_CREDENTIALS_FULL_URI=@/container AWS_CONTAINER_AUTHORIZATION_TOKEN=let-me-in", "", "container"},
		"container says no":   {"AWS_PROFILE=none AWS_CONTAINER_CREDENTIALS_FULL_URI=@/container", "", "error: @/container answers 403 Forbidden"},
		"machine":             {"AWS_PROFILE=none AWS_EC2_METADATA_SERVICE_ENDPOINT=@/ AWS_EC2_METADATA_DISABLED=false", "", "machine"},
		"nothing":             {"AWS_PROFILE=none", "", "error: no credentials of AWS were found"},
		"half of environment": {"AWS_ACCESS_KEY_ID=AKIA AWS_PROFILE=none", "", "error: no credentials of AWS were found"},
	} {
		t.Run(name, func(t *testing.T) {
			for variable := range strings.FieldsSeq("AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_WEB_IDENTITY_TOKEN_FILE " +
				"AWS_ROLE_ARN AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN") {
				t.Setenv(variable, "")
			}
			t.Setenv("HOME", "") // the files are named
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
			t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "config"))
			for pair := range strings.FieldsSeq(strings.NewReplacer("@", at.URL, "HOME", home).Replace(test.environment)) {
				variable, value, _ := strings.Cut(pair, "=")
				t.Setenv(variable, value)
			}
			found, err := newAWSKeys(awsChain{profile: test.profile}, time.Now).current(t.Context())
			got := found.id
			if err != nil {
				got = "error: " + strings.ReplaceAll(err.Error(), at.URL, "@")
			}
			if !strings.HasPrefix(got, test.want) || strings.Contains(got, "s3cret") {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// Keys that expire are asked for again in time, others once.
func TestKeysAreRenewed(t *testing.T) {
	now := time.Now()
	at := service(t)
	t.Setenv("AWS_PROFILE", "none")
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", at.URL+"/container")
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let-me-in")
	k := newAWSKeys(awsChain{}, func() time.Time { return now })
	first, err := k.current(t.Context())
	if err != nil || first.session != "session" {
		t.Fatalf("%v, %v", first.session, err)
	}
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
	if _, err := k.current(t.Context()); err != nil {
		t.Errorf("asked again at once: %v", err)
	}
	now = now.Add(56 * time.Minute)
	if _, err := k.current(t.Context()); err == nil {
		t.Error("not asked again before they expire")
	}
}
