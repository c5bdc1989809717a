package broker

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/catalog"
)

// Matching returns the names of the topics that a pattern means at the moment, sorted.
func Matching(ctx context.Context, c Cluster, pattern catalog.TopicPattern) ([]string, error) {
	matches, err := pattern.Compile()
	if err != nil {
		return nil, err
	}
	topics, err := c.Topics(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range topics {
		if matches(t.Name) {
			names = append(names, t.Name)
		}
	}
	return names, nil
}
