package render

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// Live says whether a push query whose rows have keys shows the current rows in place
// instead of one line a change.
type Live struct {
	On bool
	// By is the column that rows are sorted by, "" for their key.
	By string
	// Descending turns the order of By round.
	Descending bool
}

// ParseLive reads what follows SET CLI LIVE.
func ParseLive(words []string) (Live, error) {
	on := strings.ToUpper(words[0])
	switch {
	case on != "ON" && on != "OFF":
		return Live{}, fmt.Errorf("invalid value %s for LIVE: it is ON or OFF", words[0])
	case len(words) == 1:
		return Live{On: on == "ON"}, nil
	case on == "OFF":
		return Live{}, fmt.Errorf("unexpected %s after LIVE OFF", words[1])
	case !strings.EqualFold(words[1], "BY"):
		return Live{}, fmt.Errorf("unexpected %s after LIVE ON: there may be BY <column> [ASC|DESC]", words[1])
	case len(words) == 2:
		return Live{}, errors.New("LIVE ON BY wants the name of a column")
	}
	live := Live{On: true, By: ast.Unquote(words[2])}
	if len(words) == 3 {
		return live, nil
	}
	switch order := strings.ToUpper(words[3]); order {
	case "ASC", "DESC":
		live.Descending = order == "DESC"
		return live, nil
	}
	return Live{}, fmt.Errorf("invalid order %s for LIVE: it is ASC or DESC", words[3])
}
