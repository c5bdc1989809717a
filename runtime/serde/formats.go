package serde

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Format describes a record format: what it is called, what it can hold, and
// how it is read and written.
type Format struct {
	Name     string // upper case, as in FORMAT='JSON'
	Features catalog.Feature
	// Check says why the format cannot hold the columns, none of which is a header
	// column, on that side; nil if it can.
	Check func(side catalog.Side, columns []types.Column) error
	// NewDecoder and NewEncoder are called with a spec that Check has let pass.
	NewDecoder func(Spec) Decoder
	NewEncoder func(Spec) Encoder
	// Schema returns the schema that the columns of a spec make. Nil, like Infer, for
	// formats without a schema registry.
	Schema func(Spec) registry.Schema
	// Infer returns what a schema describes, a STRUCT or a lone type, with the names
	// as they are written. A schema may hold several under full names, of which an
	// empty one stands for the first; the one that is described is returned.
	Infer func(ctx context.Context, s *schemas, schema registry.Schema, fullName string) (t *types.Type, name string, err error)
	// Sample returns an empty sample of one side of a topic's records. Nil for formats
	// whose columns have to be listed or are in a schema registry.
	Sample func(f catalog.Format, side catalog.Side) Sample
}

// Formats is the list of formats that records can have; it implements
// [catalog.Formats]. It is safe for use by several goroutines.
type Formats struct {
	list    []*Format
	schemas schemas
}

var _ catalog.Formats = (*Formats)(nil)

// New returns the formats.
func New(options ...Option) *Formats {
	fs := &Formats{}
	for _, option := range options {
		option(fs)
	}
	fs.list = []*Format{
		avroFormat(&fs.schemas),
		delimitedFormat(),
		jsonFormat(),
		jsonRegistryFormat(&fs.schemas),
		kafkaFormat(),
		noneFormat(),
		protoFormat(&fs.schemas),
		protoBareFormat(),
	}
	return fs
}

// Names returns the names of all formats, sorted.
func (fs *Formats) Names() []string {
	names := make([]string, len(fs.list))
	for i, f := range fs.list {
		names[i] = f.Name
	}
	slices.Sort(names)
	return names
}

// Features returns what the format can do; ok is false for an unknown name.
func (fs *Formats) Features(name string) (features catalog.Feature, ok bool) {
	if f := fs.find(name); f != nil {
		return f.Features, true
	}
	return 0, false
}

// Check says why the format cannot hold these columns on that side, or returns
// nil. Header columns do not count.
func (fs *Formats) Check(f catalog.Format, side catalog.Side, columns []types.Column) error {
	format := fs.find(f.Name)
	if format == nil {
		return fmt.Errorf("Unknown format: %s", f.Name)
	}
	columns = withoutHeaders(columns)
	if err := checkKeys(side, columns); err != nil {
		return err
	}
	return format.Check(side, columns)
}

// NewDecoder returns a decoder for one side of a source's records. The error
// is that of Check.
func (fs *Formats) NewDecoder(spec Spec) (Decoder, error) {
	if err := fs.Check(spec.Format, spec.Side, spec.Columns); err != nil {
		return nil, err
	}
	d := fs.find(spec.Format.Name).NewDecoder(spec)
	if s, ok := d.(pardoner); ok && spec.NullFields {
		return forgiving{s}, nil
	}
	return d, nil
}

// NewEncoder returns an encoder for one side of a source's records. The error
// is that of Check.
func (fs *Formats) NewEncoder(spec Spec) (Encoder, error) {
	if err := fs.Check(spec.Format, spec.Side, spec.Columns); err != nil {
		return nil, err
	}
	return fs.find(spec.Format.Name).NewEncoder(spec), nil
}

func (fs *Formats) find(name string) *Format {
	for _, f := range fs.list {
		if f.Name == name {
			return f
		}
	}
	return nil
}

func withoutHeaders(columns []types.Column) []types.Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c types.Column) bool { return !c.Header.IsZero() })
}

// described returns the columns as ksqlDB's messages show them: [`A` INTEGER KEY, `B` STRING KEY].
func described(side catalog.Side, columns []types.Column) string {
	suffix := ""
	if side == catalog.KeySide {
		suffix = " KEY"
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = quoted(c.Name) + " " + c.Type.String() + suffix
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// checkKinds refuses columns whose type is not of one of the kinds.
func checkKinds(format string, columns []types.Column, kinds ...types.Kind) error {
	for _, c := range columns {
		if !slices.Contains(kinds, c.Type.Kind()) {
			return fmt.Errorf("The '%s' format does not support type '%s', column: %s",
				format, c.Type.Kind(), quoted(c.Name))
		}
	}
	return nil
}

// checkKeys refuses a MAP anywhere in a key, whatever the format: it has no
// defined order, so equal keys could differ as bytes.
func checkKeys(side catalog.Side, columns []types.Column) error {
	for _, c := range columns {
		if side == catalog.KeySide && c.Type.Contains(types.KindMap) {
			return fmt.Errorf("Map keys, including types that contain maps, are not supported as they may lead to "+
				"unexpected behavior due to inconsistent serialization. Key column name: %s. Column type: %s. "+
				"See https://github.com/confluentinc/ksql/issues/6621 for more.", quoted(c.Name), c.Type)
		}
	}
	return nil
}

// checkMaps refuses a MAP, at any depth, whose keys are not STRING.
func checkMaps(format string, columns []types.Column) error {
	for _, c := range columns {
		if !stringKeyed(c.Type) {
			return fmt.Errorf("%s only supports MAP types with STRING keys", format)
		}
	}
	return nil
}

func stringKeyed(t *types.Type) bool {
	if t == nil {
		return true
	}
	if t.Kind() == types.KindMap && t.Key().Kind() != types.KindString {
		return false
	}
	for _, f := range t.Fields() {
		if !stringKeyed(f.Type) {
			return false
		}
	}
	return stringKeyed(t.Elem())
}
