package planner

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// laterFunctions are the functions of ksqlDB that need state. They are known, so
// that nobody is told that they do not exist.
var laterFunctions = []string{
	"ATTR", "AVG", "COLLECT_LIST", "COLLECT_SET", "CORRELATION", "COUNT", "COUNT_DISTINCT", "EARLIEST_BY_OFFSET",
	"HISTOGRAM", "LATEST_BY_OFFSET", "MAX", "MIN", "STDDEV_SAMP", "STDDEV_SAMPLE", "SUM", "SUM_LIST", "TOPK", "TOPKDISTINCT",
}

// runsLater refuses an expression that calls a function which does not run yet.
func runsLater(e ast.Expr) error {
	for n := range ast.Nodes(e) {
		call, ok := n.(*ast.Call)
		if !ok {
			continue
		}
		if name := strings.ToUpper(call.Name.Text); slices.Contains(laterFunctions, name) {
			return unsupported(call.Name.Span, "The function "+name)
		}
	}
	return nil
}
