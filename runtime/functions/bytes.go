package functions

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/data"
)

func byteConversions() []Function {
	args := []Arg{{"value", "The bytes."}, {"byteOrder", "BIG_ENDIAN or LITTLE_ENDIAN; BIG_ENDIAN unless given."}}
	return []Function{
		{
			Name: "INT_FROM_BYTES", Doc: "Converts four bytes to an INT.", Args: args,
			Overloads: fromBinary("INT", 4, func(order binary.ByteOrder, b []byte) data.Value { return data.Int(int32(order.Uint32(b))) }),
			Examples: []Example{
				{"INT_FROM_BYTES(TO_BYTES('00000102', 'hex'))", "258"},
				{"INT_FROM_BYTES(TO_BYTES('02010000', 'hex'), 'LITTLE_ENDIAN')", "258"},
				{"INT_FROM_BYTES(TO_BYTES('0102', 'hex'))", Fails},
			},
		},
		{
			Name: "BIGINT_FROM_BYTES", Doc: "Converts eight bytes to a BIGINT.", Args: args,
			Overloads: fromBinary("BIGINT", 8, func(order binary.ByteOrder, b []byte) data.Value { return data.Bigint(int64(order.Uint64(b))) }),
			Examples:  []Example{{"BIGINT_FROM_BYTES(TO_BYTES('000000012a05f200', 'hex'))", "5000000000"}},
		},
		{
			Name: "DOUBLE_FROM_BYTES", Doc: "Converts eight bytes, an IEEE 754 number, to a DOUBLE.", Args: args,
			Overloads: fromBinary("DOUBLE", 8, func(order binary.ByteOrder, b []byte) data.Value {
				return data.Double(math.Float64frombits(order.Uint64(b)))
			}),
			Examples: []Example{{"DOUBLE_FROM_BYTES(TO_BYTES('3ff8000000000000', 'hex'))", "1.5e0"}},
		},
	}
}

// fromBinary is the overloads of a function of that many bytes.
func fromBinary(result string, size int, read func(binary.ByteOrder, []byte) data.Value) []Overload {
	f := func(_ *Env, args []data.Value) (data.Value, error) {
		order := binary.ByteOrder(binary.BigEndian)
		if len(args) == 2 {
			var err error
			if order, err = byteOrder(args[1].Text()); err != nil {
				return data.Null, err
			}
		}
		if b := args[0].Raw(); len(b) != size {
			return data.Null, fmt.Errorf("%d bytes are no %s, which has %d", len(b), result, size)
		}
		return read(order, args[0].Raw()), nil
	}
	return []Overload{
		call("(value BYTES) "+result, f),
		call("(value BYTES, byteOrder STRING) "+result, f),
	}
}

// byteOrder returns the order of that name, whatever its case.
func byteOrder(name string) (binary.ByteOrder, error) {
	switch strings.ToUpper(name) {
	case "BIG_ENDIAN":
		return binary.BigEndian, nil
	case "LITTLE_ENDIAN":
		return binary.LittleEndian, nil
	}
	return nil, fmt.Errorf("byte order must be BIG_ENDIAN or LITTLE_ENDIAN, not '%s'", strings.ToValidUTF8(name, "?"))
}
