//go:build !race

package query_test

// modelSeeds is how many scenarios [TestModel] runs.
const modelSeeds = 10_000
