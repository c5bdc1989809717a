package java

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// fetchPauses are the waits before each further try to reach Maven Central.
var fetchPauses = []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second}

// Fetch makes the folder home with what a goal of Maven makes of a POM. It works beside
// it and moves it there when all has come, so that an interrupted fetch leaves nothing
// half done.
func Fetch(ctx context.Context, home string, pom []byte, out io.Writer, goal ...string) error {
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	folder, err := os.MkdirTemp(filepath.Dir(home), "fetching-")
	if err != nil {
		return fmt.Errorf("making a folder for the jars: %w", err)
	}
	defer os.RemoveAll(folder)

	if err := os.WriteFile(filepath.Join(folder, "pom.xml"), pom, 0o600); err != nil {
		return fmt.Errorf("writing the POM: %w", err)
	}
	if err := tryMaven(ctx, folder, out, goal); err != nil {
		return err
	}
	if err := os.Rename(folder, home); err != nil {
		return fmt.Errorf("moving the jars to their place: %w", err)
	}
	return nil
}

// tryMaven runs Maven until it has all jars, pausing between its tries.
func tryMaven(ctx context.Context, folder string, out io.Writer, goal []string) error {
	err := runMaven(ctx, folder, goal)
	for _, pause := range fetchPauses {
		if err == nil || errors.Is(err, exec.ErrNotFound) {
			return err
		}
		fmt.Fprintf(out, "%v; trying again in %v\n", err, pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		err = runMaven(ctx, folder, goal)
	}
	return err
}

// runMaven runs the goal. -U asks again for what an earlier try did not find.
func runMaven(ctx context.Context, folder string, goal []string) error {
	maven := exec.CommandContext(ctx, "mvn", append([]string{"-q", "-B", "-U", "-Dstyle.color=never"}, goal...)...)
	maven.Dir = folder
	if out, err := maven.CombinedOutput(); err != nil {
		return fmt.Errorf("running Maven: %w\n%s", err, out)
	}
	return nil
}
