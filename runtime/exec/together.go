package exec

import (
	"context"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
)

// checkTogether refuses a join of sources whose topics have different numbers of
// partitions, so that records with the same key would not meet.
func (e *Engine) checkTogether(ctx context.Context, n ast.Statement, pairs [][2]*catalog.Source) error {
	for _, pair := range pairs {
		var partitions [2]int
		for i, s := range pair {
			has, err := e.sizeOf(ctx, s)
			if err != nil {
				return err
			}
			partitions[i] = has.partitions
		}
		if partitions[0] != partitions[1] {
			left, right := ast.Quote(pair[0].Name), ast.Quote(pair[1].Name)
			return source.Errorf(n.Place(), "Can't join %s with %s since the number of partitions don't match. %s partitions = %d; %s partitions = %d. "+
				"Please repartition either one so that the number of partitions match.",
				left, right, left, partitions[0], right, partitions[1])
		}
	}
	return nil
}
