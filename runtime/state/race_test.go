//go:build race

package state_test

// rounds is how often [TestStoresAreMaps] changes each store: the disk's library checks itself under the
// race detector, which takes long.
const rounds = 4_000
