package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// protoCodec is the codec of one message.
type protoCodec struct {
	message protoreflect.MessageDescriptor
}

func (c protoCodec) encode(tree any) ([]byte, error) {
	if tree == nil {
		return nil, nil
	}
	m, err := protoMessage(tree, c.message)
	if err != nil {
		return nil, err
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
	if b == nil && err == nil {
		b = []byte{} // all defaults, which is not null
	}
	return b, err
}

func (c protoCodec) decode(encoded []byte) (any, error) {
	m := dynamicpb.NewMessage(c.message)
	if err := proto.Unmarshal(encoded, m); err != nil {
		return nil, err
	}
	return withoutEmpty(protoRecord(m)), nil
}

// protoMessage makes a message of an object: members are found whatever their case,
// unknown ones dropped.
func protoMessage(tree any, d protoreflect.MessageDescriptor) (protoreflect.Message, error) {
	o, ok := tree.(*Object)
	if !ok {
		return nil, fmt.Errorf("%s is no message", textOf(tree))
	}
	m := dynamicpb.NewMessage(d)
	for i := range d.Fields().Len() {
		field := d.Fields().Get(i)
		member := o.fold(string(field.Name()))
		if member == nil {
			continue
		}
		v, err := protoField(m, field, member)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.Name(), err)
		}
		m.Set(field, v)
	}
	return m, nil
}

// protoField returns the value of a field, lists and maps included.
func protoField(m protoreflect.Message, field protoreflect.FieldDescriptor, tree any) (protoreflect.Value, error) {
	switch {
	case field.IsMap():
		o, ok := tree.(*Object)
		if !ok {
			return protoreflect.Value{}, fmt.Errorf("%s is no map", textOf(tree))
		}
		entries := m.NewField(field).Map()
		for _, name := range o.Names {
			v, err := protoValue(field.MapValue(), o.Members[name])
			if err != nil {
				return v, err
			}
			entries.Set(protoreflect.ValueOfString(name).MapKey(), v)
		}
		return protoreflect.ValueOfMap(entries), nil
	case field.IsList():
		elems, ok := tree.([]any)
		if !ok {
			return protoreflect.Value{}, fmt.Errorf("%s is no list", textOf(tree))
		}
		list := m.NewField(field).List()
		for _, elem := range elems {
			v, err := protoValue(field, elem)
			if err != nil {
				return v, err
			}
			list.Append(v)
		}
		return protoreflect.ValueOfList(list), nil
	}
	return protoValue(field, tree)
}

// protoValue returns one value; null is the default.
func protoValue(field protoreflect.FieldDescriptor, tree any) (protoreflect.Value, error) {
	none := protoreflect.Value{}
	switch field.Kind() {
	case protoreflect.MessageKind:
		m, err := protoNested(field, tree)
		if err != nil {
			return none, err
		}
		return protoreflect.ValueOfMessage(m), nil
	case protoreflect.BoolKind:
		b, _ := tree.(bool)
		return protoreflect.ValueOfBool(b), nil
	case protoreflect.StringKind:
		if tree == nil {
			return protoreflect.ValueOfString(""), nil
		}
		return protoreflect.ValueOfString(textOf(tree)), nil
	case protoreflect.BytesKind:
		text, _ := tree.(string)
		b, err := base64.StdEncoding.DecodeString(text)
		return protoreflect.ValueOfBytes(b), err
	case protoreflect.EnumKind:
		v := field.Enum().Values().ByName(protoreflect.Name(textOf(tree)))
		if v == nil {
			return none, fmt.Errorf("%s is no value of the enum", textOf(tree))
		}
		return protoreflect.ValueOfEnum(v.Number()), nil
	}
	return protoNumber(field.Kind(), tree)
}

func protoNumber(kind protoreflect.Kind, tree any) (protoreflect.Value, error) {
	d := Decimal{Unscaled: new(big.Int)}
	if tree != nil {
		var ok bool
		if d, ok = parseDecimal(textOf(tree)); !ok {
			return protoreflect.Value{}, fmt.Errorf("%s is no number", textOf(tree))
		}
	}
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(d.truncated().Int64())), nil
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(d.truncated().Int64())), nil
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(d.truncated().Uint64()), nil
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(float32(d.float())), nil
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(d.float()), nil
	}
	return protoreflect.ValueOfInt64(d.truncated().Int64()), nil
}

// wrapperPrefix begins the names of the messages around one value.
const wrapperPrefix = "google.protobuf."

// isWrapper reports whether a message is one of those.
func isWrapper(d protoreflect.MessageDescriptor) bool {
	name := string(d.FullName())
	return strings.HasPrefix(name, wrapperPrefix) && strings.HasSuffix(name, "Value") && d.Fields().Len() == 1
}

// protoNested returns a message within a message. Those that stand for SQL types
// are made of numbers.
func protoNested(field protoreflect.FieldDescriptor, tree any) (protoreflect.Message, error) {
	d := field.Message()
	if tree == nil {
		return dynamicpb.NewMessage(d), nil
	}
	if isWrapper(d) {
		return protoMessage(object("value", tree), d)
	}
	switch d.FullName() {
	case "google.protobuf.Timestamp":
		ms := whole(tree)
		return protoMessage(object("seconds", number(floorDiv(ms, 1000)), "nanos", number(floorMod(ms, 1000)*1_000_000)), d)
	case "google.type.Date":
		day := time.Unix(int64(whole(tree))*86_400, 0).UTC()
		return protoMessage(object("year", number(day.Year()), "month", number(int(day.Month())), "day", number(day.Day())), d)
	case "google.type.TimeOfDay":
		ms := whole(tree)
		return protoMessage(object("hours", number(ms/3_600_000), "minutes", number(ms/60_000%60),
			"seconds", number(ms/1000%60), "nanos", number(ms%1000*1_000_000)), d)
	case "confluent.type.Decimal":
		return protoDecimal(field, tree)
	}
	return protoMessage(tree, d)
}

func floorDiv(a, b int) int { return (a - floorMod(a, b)) / b }

func floorMod(a, b int) int { return ((a % b) + b) % b }

func number(n int) any { return json.Number(strconv.Itoa(n)) }

// protoDecimal makes a decimal at the scale that the field tells, else at its own.
func protoDecimal(field protoreflect.FieldDescriptor, tree any) (protoreflect.Message, error) {
	d, ok := parseDecimal(textOf(tree))
	if !ok {
		return nil, fmt.Errorf("%s is no decimal", textOf(tree))
	}
	if scale, told := fieldScale(field); told {
		var err error
		if d, err = decimalAt(tree, scale); err != nil {
			return nil, err
		}
	}
	bytes := base64.StdEncoding.EncodeToString(twosComplement(d.Unscaled))
	return protoMessage(object("value", bytes, "scale", number(d.Scale)), field.Message())
}

// fieldScale returns the scale in the options of a field, if there is one.
func fieldScale(field protoreflect.FieldDescriptor) (scale int, told bool) {
	field.Options().ProtoReflect().Range(func(option protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if option.Name() != "field_meta" {
			return true
		}
		m := v.Message()
		params := m.Get(m.Descriptor().Fields().ByName("params")).Map()
		if text := params.Get(protoreflect.ValueOfString("scale").MapKey()); text.IsValid() {
			scale, told = whole(text.String()), true
		}
		return true
	})
	return scale, told
}

// protoRecord reads a message as a record of all its fields.
func protoRecord(m protoreflect.Message) map[string]any {
	record := map[string]any{}
	for i := range m.Descriptor().Fields().Len() {
		field := m.Descriptor().Fields().Get(i)
		record[string(field.Name())] = readField(m, field)
	}
	return record
}

// readField: a field that can be absent and is, is null.
func readField(m protoreflect.Message, field protoreflect.FieldDescriptor) any {
	v := m.Get(field)
	switch {
	case field.IsMap():
		entries := map[string]any{}
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			entries[k.String()] = readValue(field.MapValue(), v)
			return true
		})
		return entries
	case field.IsList():
		elems := make([]any, v.List().Len())
		for i := range elems {
			elems[i] = readValue(field, v.List().Get(i))
		}
		return elems
	case field.HasPresence() && !m.Has(field):
		return nil
	}
	return readValue(field, v)
}

func readValue(field protoreflect.FieldDescriptor, v protoreflect.Value) any {
	switch x := v.Interface().(type) {
	case int32:
		return big.NewInt(int64(x))
	case int64:
		return big.NewInt(x)
	case uint32:
		return big.NewInt(int64(x))
	case uint64:
		return new(big.Int).SetUint64(x)
	case float32:
		return float64(x)
	case []byte:
		return slices.Clone(x)
	case protoreflect.EnumNumber:
		if value := field.Enum().Values().ByNumber(x); value != nil {
			return string(value.Name())
		}
		return big.NewInt(int64(x))
	case protoreflect.Message:
		return readNested(x)
	default:
		return x
	}
}

// readNested reads the messages that stand for SQL types as numbers, others as records.
func readNested(m protoreflect.Message) any {
	record := protoRecord(m)
	if isWrapper(m.Descriptor()) {
		return record["value"]
	}
	n := func(name string) int64 {
		v, _ := record[name].(*big.Int)
		return v.Int64()
	}
	switch m.Descriptor().FullName() {
	case "google.protobuf.Timestamp":
		return big.NewInt(n("seconds")*1000 + n("nanos")/1_000_000)
	case "google.type.Date":
		day := time.Date(int(n("year")), time.Month(n("month")), int(n("day")), 0, 0, 0, 0, time.UTC)
		return big.NewInt(day.Unix() / 86_400)
	case "google.type.TimeOfDay":
		return big.NewInt(n("hours")*3_600_000 + n("minutes")*60_000 + n("seconds")*1000 + n("nanos")/1_000_000)
	case "confluent.type.Decimal":
		b, _ := record["value"].([]byte)
		return Decimal{Unscaled: fromTwosComplement(b), Scale: int(n("scale"))}
	}
	return record
}
