package serde

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds JSON to the schema that it was written with. A column takes what
// lenient.go says of the type that the schema gives its member, and the member has to be
// what the schema says: a number is not written as text, null is only where null is
// allowed, and what is required is there. Where the schema leaves open what a
// member is, the column reads it as the format JSON does.

// jsonClass is a set of what values look like.
type jsonClass uint8

const (
	jsonQuoted jsonClass = 1 << iota
	jsonDigits
	jsonTruth
	jsonBraces
	jsonBrackets
)

// jsonStrictness is what a node takes, and how it then reads it.
type jsonStrictness struct {
	takes    jsonClass
	nullable bool
	whole    bool // numbers without a fraction
	read     jsonReader
	written  string // what the schema says, where the column does not take it
}

// strictly reads the value at i as the schema of its writer demands.
func (s *jsonScanner) strictly(i int, n *jsonNode) (v data.Value, end int) {
	i = s.space(i)
	class := classOf(s.peek(i))
	switch {
	case s.peek(i) == 'n' && n.strict.nullable:
		return data.Null, s.word(i, "null")
	case class != 0 && n.strict.takes&class != 0:
		if v, end = n.strict.read(s, i, n); end < 0 || !n.strict.whole || isWhole(s.src[i:end]) {
			return v, end
		}
	default:
		if end = s.skip(i); end < 0 {
			return data.Null, failed
		}
	}
	if n.strict.written != "" {
		return data.Null, s.fail(false, "the column is "+n.String()+", but the schema of the record says "+n.strict.written)
	}
	return data.Null, s.fail(false, "cannot read "+abbreviated(s.src[i:end])+" as "+n.String()+" by the schema of the record")
}

// classOf returns what a value that begins with c looks like, 0 for null and no value.
func classOf(c byte) jsonClass {
	switch {
	case c == '"':
		return jsonQuoted
	case c == '-' || c-'0' <= 9:
		return jsonDigits
	case c == 't' || c == 'f':
		return jsonTruth
	case c == '{':
		return jsonBraces
	case c == '[':
		return jsonBrackets
	}
	return 0
}

// isWhole reports whether a number is an integer, as 12, 12.0 and 1.2e1 are.
func isWhole(literal []byte) bool {
	if !bytes.ContainsAny(literal, ".eE") {
		return true
	}
	f, err := strconv.ParseFloat(string(literal), 64)
	return err == nil && f == float64(int64(f))
}

// lacking reports a member that the schema requires and the object does not have.
func (s *jsonScanner) lacking(o *jsonObject) bool {
	for i := range o.members {
		if m := &o.members[i]; m.required && m.seen < o.round {
			s.fail(false, "missing, though the schema of the record requires it")
			s.inMember(m.name)
			return true
		}
	}
	return false
}

// newStrictDecoder returns a decoder of text that was written with a schema.
func newStrictDecoder(spec Spec, schema string) (*jsonDecoder, error) {
	var root jsonSchemaNode
	if err := json.Unmarshal([]byte(schema), &root); err != nil {
		return nil, fmt.Errorf("reading a JSON Schema: %w", err)
	}
	d := newJSONDecoder(spec).(*jsonDecoder)
	i := &jsonInference{root: &root}
	columns := spec.fields()
	if d.single != nil {
		i.tighten(&d.single.jsonNode, columns[0].Type, &root)
		return d, nil
	}
	if n := i.resolve(&root); n != nil && n.Properties != nil {
		i.members(d.row, asFields(columns), n)
	}
	return d, nil
}

// members holds the members of an object to the properties of a schema.
func (i *jsonInference) members(o *jsonObject, fields []types.Field, n *jsonSchemaNode) {
	for at := range o.members {
		m := &o.members[at]
		name, property := n.property(m.name)
		if property == nil {
			continue
		}
		i.tighten(&m.jsonNode, fields[at].Type, property)
		m.required = slices.Contains(n.Required, name) && property.Default == nil
		o.strict = o.strict || m.required
	}
}

// property returns what fills a column: the property of its name, else one whose name
// is its own in upper case.
func (n *jsonSchemaNode) property(column string) (name string, property *jsonSchemaNode) {
	if p := n.Properties[column]; p != nil {
		return column, p
	}
	for _, name := range n.order() {
		if strings.ToUpper(name) == column {
			return name, n.Properties[name]
		}
	}
	return "", nil
}

// tighten holds a node for values of type t to a schema.
func (i *jsonInference) tighten(n *jsonNode, t *types.Type, schema *jsonSchemaNode) {
	r := i.resolve(schema)
	if r == nil || r.kind() == "" {
		return
	}
	strict := jsonStrictness{nullable: i.nullable(schema, 0), read: n.read}
	switch r.kind() {
	case "array":
		strict.takes = i.array(n, t, r)
	case "object":
		strict.takes = i.braces(n, t, r)
	default:
		strict.takes = takenClass(t, r.scalar())
		strict.whole = strict.takes == jsonDigits && r.scalar().Kind() != types.KindDouble && r.scalar().Kind() != types.KindDecimal
	}
	if strict.takes == 0 {
		strict.written = r.kind()
		if scalar := r.scalar(); scalar != nil {
			strict.written = scalar.String()
		}
	}
	n.strict, n.read = &strict, (*jsonScanner).strictly
}

// scalar returns the type of what is no list and no object; nil for null.
func (n *jsonSchemaNode) scalar() *types.Type {
	switch n.kind() {
	case "boolean":
		return types.Boolean
	case "integer":
		return n.integer()
	case "number":
		return n.number()
	case "string":
		if n.ConnectType == "bytes" {
			return types.Bytes
		}
		return types.String
	}
	return nil
}

// takenClass returns what values look like that a column of type t takes of a written
// scalar, 0 if it takes none. A STRING takes all that is not made of bytes.
func takenClass(t, written *types.Type) jsonClass {
	if written == nil {
		return 0
	}
	switch kind := written.Kind(); {
	case t.Kind() == types.KindString && slices.Contains([]types.Kind{types.KindString, types.KindBoolean, types.KindInt, types.KindBigint, types.KindDouble}, kind):
		return jsonQuoted | jsonDigits | jsonTruth
	case kind == types.KindInt && takesInt(t, 32), kind == types.KindBigint && takesInt(t, 64), kind == types.KindDouble && takesDouble(t):
		return jsonDigits
	case kind != t.Kind():
		return 0
	case kind == types.KindBytes:
		return jsonQuoted
	case kind == types.KindBoolean:
		return jsonTruth
	}
	return jsonDigits
}

// array holds the elements of a list, and returns what the column takes.
func (i *jsonInference) array(n *jsonNode, t *types.Type, r *jsonSchemaNode) jsonClass {
	if t.Kind() != types.KindArray {
		return 0
	}
	var items jsonSchemaNode
	if len(r.Items) > 0 && r.Items[0] == '{' && json.Unmarshal(r.Items, &items) == nil {
		i.tighten(n.elem, t.Elem(), &items)
	}
	return jsonBrackets
}

// braces holds the members of an object, which is a MAP or a STRUCT, and returns what
// the column takes.
func (i *jsonInference) braces(n *jsonNode, t *types.Type, r *jsonSchemaNode) jsonClass {
	switch {
	case t.Kind() == types.KindStruct && r.ConnectType != "map":
		if r.Properties != nil {
			i.members(n.object, t.Fields(), r)
		}
	case t.Kind() == types.KindMap && (r.ConnectType == "map" || r.Properties == nil):
		var others jsonSchemaNode
		if len(r.Others) > 0 && r.Others[0] == '{' && json.Unmarshal(r.Others, &others) == nil {
			i.tighten(n.elem, t.Elem(), &others)
		}
	default:
		return 0
	}
	return jsonBraces
}

// nullable reports whether a schema allows null.
func (i *jsonInference) nullable(n *jsonSchemaNode, depth int) bool {
	const deepest = 20
	alternatives := slices.Concat(n.OneOf, n.AnyOf, n.AllOf)
	switch {
	case depth > deepest || slices.Contains(n.Type, "null"):
		return true
	case n.Ref != "":
		referred := i.referred(n.Ref)
		return referred == nil || i.nullable(referred, depth+1)
	case len(alternatives) > 0:
		return slices.ContainsFunc(alternatives, func(a *jsonSchemaNode) bool { return i.nullable(a, depth+1) })
	case len(n.Enum) > 0:
		return slices.Contains(n.Enum, nil)
	}
	return len(n.Type) == 0
}
