package ksqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// Scan stores the value in the variable that dest points at:
//
//	*bool                        BOOLEAN
//	*int, *int32, *uint8 …       INTEGER, BIGINT; out of range is an error
//	*float64, *float32           DOUBLE, INTEGER, BIGINT, DECIMAL
//	*string                      every type, as [Value.String] shows it
//	*[]byte                      BYTES, STRING
//	*time.Time                   DATE, TIMESTAMP
//	*time.Duration               TIME
//	*Decimal                     DECIMAL, INTEGER, BIGINT
//	*[]T                         ARRAY
//	*map[K]V                     MAP; with string keys STRUCT too
//	a pointer to a struct        STRUCT, by the names of its fields, whatever
//	                             their case, or their tags `ksql:"NAME"`
//	*any                         every type, as [Value.Any] gives it
//	**T                          every type, nil for NULL
//	sql.Scanner                  every type
//
// NULL fits pointers, slices, maps and any only; for others it is [ErrNull].
func (v Value) Scan(dest any) error {
	if s, ok := dest.(sql.Scanner); ok {
		return s.Scan(v.scanner())
	}
	d := reflect.ValueOf(dest)
	if d.Kind() != reflect.Pointer || d.IsNil() {
		return fmt.Errorf("ksqlite: cannot scan into a %T: it is no pointer", dest)
	}
	return v.store(d.Elem())
}

// errMisfit says that a value does not fit a variable; store adds which.
var errMisfit = errors.New("ksqlite: type does not fit")

// store puts the value into d, a variable.
func (v Value) store(d reflect.Value) error {
	if v.IsNull() {
		return storeNull(d)
	}
	if d.Kind() == reflect.Pointer {
		d.Set(reflect.New(d.Type().Elem()))
		return v.store(d.Elem())
	}
	stored := v.storeKnown(d)
	if errors.Is(stored, errMisfit) {
		stored = v.storeKind(d)
	}
	if errors.Is(stored, errMisfit) {
		return fmt.Errorf("ksqlite: a %s does not fit a %s", v.typ, d.Type())
	}
	return stored
}

func storeNull(d reflect.Value) error {
	switch d.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		d.SetZero()
		return nil
	}
	return fmt.Errorf("%w does not fit a %s", ErrNull, d.Type())
}

// storeKnown handles the types that are known by name.
func (v Value) storeKnown(d reflect.Value) error {
	switch p := d.Addr().Interface().(type) {
	case *any:
		*p = v.Any()
		return nil
	case *time.Time, *time.Duration:
		if x := reflect.ValueOf(v.Any()); x.Type() == d.Type() {
			d.Set(x)
			return nil
		}
	case *Decimal:
		return v.storeDecimal(p)
	case *[]byte:
		if k := v.value.Kind(); k == types.KindBytes || k == types.KindString {
			*p = bytes.Clone(v.value.Raw())
			return nil
		}
	}
	return errMisfit
}

func (v Value) storeDecimal(d *Decimal) error {
	if k := v.value.Kind(); !k.Numeric() || k == types.KindDouble {
		return errMisfit
	}
	parsed, err := types.ParseDecimal(v.String())
	*d = parsed
	return err
}

// storeKind handles everything else by its kind.
func (v Value) storeKind(d reflect.Value) error {
	if d.Type() == reflect.TypeFor[time.Duration]() {
		return errMisfit
	}
	switch kind := v.value.Kind(); d.Kind() {
	case reflect.Bool:
		if kind == types.KindBoolean {
			d.SetBool(v.value.Bool())
			return nil
		}
	case reflect.String:
		d.SetString(strings.Clone(display.Text(v.value, v.typ)))
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v.storeInteger(d)
	case reflect.Float32, reflect.Float64:
		return v.storeFloat(d)
	case reflect.Slice:
		if kind == types.KindArray {
			return v.storeSlice(d)
		}
	case reflect.Map:
		return v.storeMap(d)
	case reflect.Struct:
		if kind == types.KindStruct {
			return v.storeStruct(d)
		}
	}
	return errMisfit
}

func (v Value) storeInteger(d reflect.Value) error {
	if k := v.value.Kind(); k != types.KindInt && k != types.KindBigint {
		return errMisfit
	}
	n := v.value.Int64()
	switch {
	case d.CanInt() && !d.OverflowInt(n):
		d.SetInt(n)
	case d.CanUint() && n >= 0 && !d.OverflowUint(uint64(n)):
		d.SetUint(uint64(n))
	default:
		return fmt.Errorf("ksqlite: %d does not fit a %s", n, d.Type())
	}
	return nil
}

func (v Value) storeFloat(d reflect.Value) error {
	switch v.value.Kind() {
	case types.KindDouble:
		d.SetFloat(v.value.Float64())
	case types.KindInt, types.KindBigint:
		d.SetFloat(float64(v.value.Int64()))
	case types.KindDecimal:
		var f float64
		if _, err := fmt.Sscan(v.String(), &f); err != nil {
			return err
		}
		d.SetFloat(f)
	default:
		return errMisfit
	}
	return nil
}

func (v Value) storeSlice(d reflect.Value) error {
	s := reflect.MakeSlice(d.Type(), v.value.Len(), v.value.Len())
	for i, elem := range v.value.Elems() {
		if err := (Value{elem, v.typ.Elem()}).store(s.Index(i)); err != nil {
			return err
		}
	}
	d.Set(s)
	return nil
}

// storeMap fills a map from a MAP or, if its keys are strings, from a STRUCT.
func (v Value) storeMap(d reflect.Value) error {
	m := reflect.MakeMapWithSize(d.Type(), v.value.Len())
	put := func(key, value Value) error {
		k, e := reflect.New(d.Type().Key()).Elem(), reflect.New(d.Type().Elem()).Elem()
		if err := errors.Join(key.store(k), value.store(e)); err != nil {
			return err
		}
		m.SetMapIndex(k, e)
		return nil
	}
	switch v.value.Kind() {
	case types.KindMap:
		for _, e := range v.value.Entries() {
			if err := put(Value{e.Key, v.typ.Key()}, Value{e.Value, v.typ.Elem()}); err != nil {
				return err
			}
		}
	case types.KindStruct:
		for i, f := range v.typ.Fields() {
			if err := put(Value{data.String(f.Name), types.String}, Value{v.value.Elems()[i], f.Type}); err != nil {
				return err
			}
		}
	default:
		return errMisfit
	}
	d.Set(m)
	return nil
}

// storeStruct fills the fields of a struct whose names the value has; NULL
// leaves a field as it is if it cannot be nil.
func (v Value) storeStruct(d reflect.Value) error {
	for i := range d.NumField() {
		field := d.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		at := fieldIndex(v.typ, field)
		if at < 0 {
			continue
		}
		err := Value{v.value.Elems()[at], v.typ.Fields()[at].Type}.store(d.Field(i))
		if err != nil && !errors.Is(err, ErrNull) {
			return fmt.Errorf("field %s: %w", field.Name, err)
		}
	}
	return nil
}

// fieldIndex returns which field of a STRUCT fills a field of a Go struct, -1 for none.
func fieldIndex(t *types.Type, field reflect.StructField) int {
	if name, tagged := field.Tag.Lookup("ksql"); tagged {
		return t.FieldIndex(name)
	}
	for i, f := range t.Fields() {
		if strings.EqualFold(f.Name, field.Name) {
			return i
		}
	}
	return -1
}
