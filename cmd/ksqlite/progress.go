package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/repl/render"
)

// showProgress shows on a terminal, on a line that it writes anew, how far a count has
// come; with a total as a bar. The function it returns ends that and removes the line.
func showProgress(terminal *os.File, count func() int64, total int64) (finish func()) {
	const often = 200 * time.Millisecond
	var showing sync.WaitGroup
	done := make(chan struct{})
	begun := time.Now()
	showing.Go(func() {
		tick := time.NewTicker(often)
		defer tick.Stop()
		for {
			select {
			case <-done:
				fmt.Fprint(terminal, "\r\x1b[K")
				return
			case <-tick.C:
				line := render.Meter{Done: count(), Total: total, Took: time.Since(begun)}.String()
				if width := widthOf(terminal); width > 0 {
					line = line[:min(len(line), width-1)]
				}
				fmt.Fprint(terminal, "\r"+line+"\x1b[K")
			}
		}
	})
	return func() {
		close(done)
		showing.Wait()
	}
}
