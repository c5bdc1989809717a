package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/display"
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
				line := progressLine(count(), total, time.Since(begun))
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

// progressLine is how far a count has come after a time:
//
//	[=========>          ]  46%  460,000 of 1,000,000  92,000/s  6s left
func progressLine(n, total int64, took time.Duration) string {
	rate := float64(n) / max(took.Seconds(), 0.001)
	if total <= 0 {
		return fmt.Sprintf("%s records  %s/s", display.Count(n), display.Count(int64(rate)))
	}
	const width = 20
	filled := int(width * n / total)
	bar := strings.Repeat("=", filled)
	if filled < width {
		bar += ">" + strings.Repeat(" ", width-filled-1)
	}
	line := fmt.Sprintf("[%s] %3d%%  %s of %s  %s/s", bar, 100*n/total, display.Count(n), display.Count(total), display.Count(int64(rate)))
	if left := total - n; n > 0 && left > 0 {
		line += fmt.Sprintf("  %s left", time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second))
	}
	return line
}
