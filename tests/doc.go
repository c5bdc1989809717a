// Package tests holds what is checked about the repository as a whole: which
// package may import which, and that what the documents say is true.
//
// Its folders are test suites of their own; tests/kafka needs a real Apache
// Kafka, the others nothing but Go.
package tests
