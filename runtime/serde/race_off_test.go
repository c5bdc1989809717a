//go:build !race

package serde

// raceEnabled is true where allocations cannot be counted.
const raceEnabled = false
