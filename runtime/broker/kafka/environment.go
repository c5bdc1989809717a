package kafka

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
)

// fromEnvironment puts the values of environment variables in place of ${env:NAME}, as
// Kafka's own provider of that name does. All other text stays: a password may hold anything.
// The error names the property and the variable, and no value.
func fromEnvironment(properties map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		var faults []error
		properties[name] = variablePattern.ReplaceAllStringFunc(properties[name], func(found string) string {
			variable := variablePattern.FindStringSubmatch(found)[1]
			value, set := os.LookupEnv(variable)
			switch {
			case variable == "":
				faults = append(faults, fmt.Errorf("property %s: ${env:} has to name an environment variable", name))
			case !set:
				faults = append(faults, fmt.Errorf("property %s: the environment variable %s is not set", name, variable))
			}
			return value
		})
		if err := errors.Join(faults...); err != nil {
			return err
		}
	}
	return nil
}

var variablePattern = regexp.MustCompile(`\$\{env:(\w*)\}`)
