// Package display writes values for people and for programs: as text, the way
// ksqlDB's shell shows them, and as JSON, the way its servers send them.
//
// All functions append to a buffer of the caller's, keep nothing of what they
// are given, and may be called by any number of goroutines.
package display
