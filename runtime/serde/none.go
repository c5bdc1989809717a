package serde

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// noneFormat is the format of a side that has no columns: whatever lies there is not
// looked at, and nothing is written there.
func noneFormat() *Format {
	return &Format{
		Name: "NONE",
		Check: func(side catalog.Side, columns []types.Column) error {
			if len(columns) > 0 {
				return fmt.Errorf("The 'NONE' format can only be used when no columns are defined. Got: %s",
					described(side, columns))
			}
			return nil
		},
		NewDecoder: func(Spec) Decoder { return nothing{} },
		NewEncoder: func(Spec) Encoder { return nothing{} },
	}
}

type nothing struct{}

func (nothing) Decode(_ []byte, row data.Row, _ *data.Arena) (null bool, err error) {
	clear(row)
	return true, nil
}

func (nothing) Encode([]byte, data.Row) ([]byte, error) { return nil, nil }
