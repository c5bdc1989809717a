package credentials

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// keysOfProfile reads ~/.aws/credentials and ~/.aws/config, or the files that the environment names. A
// profile with a role takes it with the keys that it says, which may be those of another profile.
// through are the profiles that led to this one.
func (c awsChain) keysOfProfile(ctx context.Context, profile string, through ...string) (keys, error) {
	values := valuesOfProfile(profile)
	role := awsRole{
		arn: values["role_arn"], session: values["role_session_name"], externalID: values["external_id"],
		seconds: values["duration_seconds"], region: cmp.Or(regionOfEnvironment(), values["region"]),
	}
	source := values["source_profile"]
	switch {
	case role.arn == "" || source == profile && slices.Contains(through, profile): // its own keys are meant
		return keysOfValues(ctx, profile, values)
	case values["mfa_serial"] != "":
		return keys{}, byProgram(profile, "takes a role with a second factor")
	case slices.Contains(through, profile):
		return keys{}, fmt.Errorf("AWS profile %s leads back to itself by source_profile", profile)
	case values["web_identity_token_file"] != "":
		return role.takeWithToken(ctx, values["web_identity_token_file"])
	}
	k, err := c.keysForRole(ctx, source, values["credential_source"], append(through, profile)...)
	if err != nil {
		return keys{}, fmt.Errorf("AWS profile %s: %w", profile, err)
	}
	return role.take(ctx, k, c.now())
}

// keysForRole are those with which the last of the profiles takes its role.
func (c awsChain) keysForRole(ctx context.Context, source, place string, through ...string) (keys, error) {
	places := map[string]func(context.Context) (keys, error){
		"Environment": keysOfEnvironment, "EcsContainer": keysOfContainer, "Ec2InstanceMetadata": keysOfMachine,
	}
	find := places[place]
	switch {
	case source != "":
		find = func(ctx context.Context) (keys, error) { return c.keysOfProfile(ctx, source, through...) }
		place = "source_profile " + source
	case place == "":
		return keys{}, errors.New("role_arn needs source_profile, credential_source or web_identity_token_file")
	case find == nil:
		return keys{}, fmt.Errorf("credential_source cannot be %s: valid values are Environment, Ec2InstanceMetadata and EcsContainer", place)
	}
	k, err := find(ctx)
	if errors.Is(err, errNoKeys) {
		err = fmt.Errorf("%s has no credentials", place)
	}
	return k, err
}

// keysOfValues are the keys that a profile itself has, or those that a program hands out for it.
func keysOfValues(ctx context.Context, profile string, values map[string]string) (keys, error) {
	k := keys{id: values["aws_access_key_id"], secret: values["aws_secret_access_key"], session: values["aws_session_token"]}
	switch {
	case k.id != "" && k.secret != "":
		return k, nil
	case values["credential_process"] != "":
		return keysOfProcess(ctx, values["credential_process"])
	case values["sso_session"] != "" || values["sso_start_url"] != "":
		return k, byProgram(profile, "logs in by SSO")
	}
	return k, errNoKeys
}

// byProgram is about a profile that only the program aws can use: a person has to take part.
func byProgram(profile, does string) error {
	return fmt.Errorf("AWS profile %s %s, for which aws itself is needed: run `eval \"$(aws configure export-credentials --profile %s --format env)\"` first", profile, does, profile)
}

// valuesOfProfile reads what both files say of a profile.
func valuesOfProfile(profile string) map[string]string {
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
	return values
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
