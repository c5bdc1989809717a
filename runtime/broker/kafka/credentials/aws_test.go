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
		case r.FormValue("Action") == "AssumeRole" && strings.HasSuffix(r.FormValue("RoleArn"), "/forbidden"):
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
				<Message>you may not</Message></Error></ErrorResponse>`)
		case r.FormValue("Action") == "AssumeRole":
			_, by, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
			by, _, _ = strings.Cut(by, ", SignedHeaders")
			scope := strings.Split(by, "/")
			by = strings.Join(scope[:len(scope)-4], "/") + " in " + scope[len(scope)-3]
			fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
				<Credentials><AccessKeyId>%s as %s for %s%s</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey><SessionToken>session</SessionToken>
				<Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
				r.FormValue("RoleSessionName"), r.FormValue("RoleArn"), by, r.FormValue("ExternalId"), expires)
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
			"[profile sso]\nsso_session = corp\n[profile broken]\ncredential_process = false\n" +
			"[profile role]\nrole_arn=arn:r\nsource_profile=work\nexternal_id=-x\nrole_session_name=me\nregion=eu-west-1\n" +
			"[profile twice]\nrole_arn=arn:t\nsource_profile=role\n[profile self]\nrole_arn=arn:s\nsource_profile=self\naws_access_key_id=own\naws_secret_access_key=s3cret\n" +
			"[profile round]\nrole_arn=arn:r\nsource_profile=about\n[profile about]\nrole_arn=arn:r\nsource_profile=round\n" +
			"[profile pod]\nrole_arn=arn:p\ncredential_source=EcsContainer\n[profile misspelt]\nrole_arn=arn:p\ncredential_source=Pod\n" +
			"[profile bare]\nrole_arn=arn:p\n[profile web]\nrole_arn=arn:w\nweb_identity_token_file=HOME/token\n" +
			"[profile empty]\nrole_arn=arn:p\nsource_profile=nowhere\n[profile factor]\nrole_arn=arn:p\nsource_profile=work\nmfa_serial=arn:phone\n",
		"token": "service-account\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(strings.ReplaceAll(content, "HOME", home)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		environment, profile, want string
		role                       string
	}{
		"environment":         {"AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=s3cret", "", "AKIA", ""},
		"profile wins":        {"AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=s3cret", "work", "from-work", ""},
		"default profile":     {"", "", "from-default", ""},
		"named profile":       {"AWS_PROFILE=work", "", "from-work", ""},
		"process":             {"", "process", "from-process", ""},
		"process that fails":  {"", "broken", "error: running the credential_process of the AWS profile: exit status 1", ""},
		"SSO":                 {"", "sso", "error: AWS profile sso logs in by SSO, for which aws itself is needed: run `eval", ""},
		"no such profile":     {"", "nowhere", "error: AWS profile nowhere has no credentials", ""},
		"service account":     {"AWS_WEB_IDENTITY_TOKEN_FILE=HOME/token AWS_ROLE_ARN=arn:aws:iam::1:role/r AWS_ENDPOINT_URL_STS=@", "", "web", ""},
		"a role not for us":   {"AWS_WEB_IDENTITY_TOKEN_FILE=HOME/config AWS_ROLE_ARN=arn:aws:iam::1:role/r AWS_ENDPOINT_URL_STS=@", "", "error: taking the role arn:aws:iam::1:role/r: @/ answers 403 Forbidden", ""},
		"container":           {"AWS_PROFILE=none AWS_CONTAINER_CREDENTIALS_FULL_URI=@/container AWS_CONTAINER_AUTHORIZATION_TOKEN=let-me-in", "", "container", ""},
		"container says no":   {"AWS_PROFILE=none AWS_CONTAINER_CREDENTIALS_FULL_URI=@/container", "", "error: @/container answers 403 Forbidden", ""},
		"machine":             {"AWS_PROFILE=none AWS_EC2_METADATA_SERVICE_ENDPOINT=@/ AWS_EC2_METADATA_DISABLED=false", "", "machine", ""},
		"nothing":             {"AWS_PROFILE=none", "", "error: no credentials of AWS were found", ""},
		"role of profile":     {"AWS_ENDPOINT_URL_STS=@", "role", "me as arn:r for from-work in eu-west-1-x", ""},
		"role by role":        {"AWS_ENDPOINT_URL_STS=@ AWS_REGION=us-east-2", "twice", "ksqlite as arn:t for me as arn:r for from-work in us-east-2-x in us-east-2", ""},
		"its own keys":        {"AWS_ENDPOINT_URL_STS=@", "self", "ksqlite as arn:s for own in us-east-1", ""},
		"round about":         {"", "round", "error: AWS profile round: AWS profile about: AWS profile round leads back to itself by source_profile", ""},
		"role of container":   {"AWS_ENDPOINT_URL_STS=@ AWS_CONTAINER_CREDENTIALS_FULL_URI=@/container AWS_CONTAINER_AUTHORIZATION_TOKEN=let-me-in", "pod", "ksqlite as arn:p for container in us-east-1", ""},
		"misspelt source":     {"", "misspelt", "error: AWS profile misspelt: credential_source cannot be Pod: valid values are Environment", ""},
		"role without keys":   {"", "bare", "error: AWS profile bare: role_arn needs source_profile, credential_source or", ""},
		"role of empty one":   {"", "empty", "error: AWS profile empty: source_profile nowhere has no credentials", ""},
		"second factor":       {"", "factor", "error: AWS profile factor takes a role with a second factor, for which aws itself", ""},
		"token of profile":    {"AWS_ENDPOINT_URL_STS=@", "web", "web", ""},
		"role of properties":  {"AWS_ENDPOINT_URL_STS=@ AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=s3cret", "", "ksqlite as arn:j for AKIA in us-east-1", "arn:j"},
		"role that is denied": {"AWS_ENDPOINT_URL_STS=@", "work", "error: taking the role arn:j/forbidden: @/ answers AccessDenied: you may not", "arn:j/forbidden"},
		"half of environment": {"AWS_ACCESS_KEY_ID=AKIA AWS_PROFILE=none", "", "error: no credentials of AWS were found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for variable := range strings.FieldsSeq("AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_WEB_IDENTITY_TOKEN_FILE " +
				"AWS_ROLE_ARN AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL_STS") {
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
			found, err := newAWSKeys(awsChain{profile: test.profile, role: awsRole{arn: test.role}, now: time.Now}).current(t.Context())
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
	k := newAWSKeys(awsChain{now: func() time.Time { return now }})
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

// A request is signed as the example that Amazon publishes with its Signature Version 4.
func TestSignatureOfAWS(t *testing.T) {
	t.Parallel()
	const body = "Param1=value1"
	request := httptest.NewRequest(http.MethodPost, "http://example.amazonaws.com/", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	k := keys{id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	k.sign(request, body, signed{service: "service", region: "us-east-1", at: time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)})
	want := "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, " +
		"Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
	if got := request.Header.Get("Authorization"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
