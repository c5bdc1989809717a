// Package java runs programs in Java for tests, and fetches them with Maven.
package java

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// Find returns the Java to run programs with: JAVA_HOME's, else the path's.
func Find() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		if java, err := exec.LookPath(filepath.Join(home, "bin", "java")); err == nil {
			return java, nil
		}
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return "", errors.New("no java on the path: install Java 17 or newer")
	}
	return java, nil
}
