//go:build !race

package state_test

// rounds is how often [TestStoresAreMaps] changes each store.
const rounds = 60_000
