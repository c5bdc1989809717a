// Package summary tells what values and records are like, in memory that does not grow with their
// number: how many there are, how many of them differ, the smallest and the largest, and
// which come most often.
//
// Nothing in it may be used by several goroutines at once. The package is not promised to stay
// stable.
package summary
