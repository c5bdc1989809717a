package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/registry/compat"
)

// This file is about whether a schema may follow those before it.

// level is how the versions of a subject have to be compatible. Backward, readers with
// a new schema read what was written with an old one; forward, the other way round;
// full is both. Transitive ones are about all versions, the others about the latest.
type level string

var levels = []string{"NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"}

const defaultLevel = "BACKWARD"

func (l level) is(direction string) bool {
	return strings.HasPrefix(string(l), direction) || strings.HasPrefix(string(l), "FULL")
}

func (l level) transitive() bool { return strings.HasSuffix(string(l), "_TRANSITIVE") }

// level returns the level of a subject.
func (r *Registry) level(subject string) level {
	for _, name := range []string{subject, ""} {
		if set := r.Settings(name).Level; set != "" {
			return level(set)
		}
	}
	return defaultLevel
}

// register is Register with everything that a client may say: an id and a version where
// the mode allows it.
func (r *Registry) register(ctx context.Context, v registry.Version) (registry.Version, error) {
	r.changing.Lock()
	defer r.changing.Unlock()
	if err := r.writable(v.Subject, v.ID > 0); err != nil {
		return v, err
	}
	var err error
	if v.Schema, err = r.pinned(ctx, v.Schema); err != nil {
		return v, err
	}
	if v.ID > 0 {
		if _, err := r.parse(ctx, v.Schema); err != nil {
			return v, err
		}
		if err := r.Import(ctx, v); err != nil {
			return v, refuse(42205, "%s", err)
		}
		return v, nil
	}
	faults, err := r.check(ctx, v.Subject, v.Schema, r.versions(v.Subject))
	switch {
	case err != nil:
		return v, err
	case len(faults) > 0:
		return v, refuse(409, "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: [%s]",
			v.Subject, strings.Join(faults, ", "))
	}
	v.ID, err = r.Store.Register(ctx, v.Subject, v.Schema)
	return v, err
}

// versions returns the versions of a subject that are not deleted.
func (r *Registry) versions(subject string) []registry.Version {
	return slices.DeleteFunc(r.Versions(subject), func(v registry.Version) bool { return v.Deleted })
}

// check returns why a schema cannot follow the versions, of which it may be one. The
// error is that it is no schema.
func (r *Registry) check(ctx context.Context, subject string, s registry.Schema, versions []registry.Version) (faults []string, err error) {
	next, err := r.parse(ctx, s)
	if err != nil {
		return nil, err
	}
	l := r.level(subject)
	if l == "NONE" || slices.ContainsFunc(versions, func(v registry.Version) bool { return registry.Identity(v.Schema) == registry.Identity(s) }) {
		return nil, nil
	}
	for i, v := range slices.Backward(versions) {
		if i < len(versions)-1 && !l.transitive() {
			break
		}
		if v.Schema.Type != s.Type {
			return []string{fmt.Sprintf("Incompatible because of different schema type: version %d is of type %s", v.Version, v.Schema.Type)}, nil
		}
		old, err := r.parse(ctx, v.Schema)
		if err != nil {
			return nil, err
		}
		if faults = compare(l, s.Type, old, next); len(faults) > 0 {
			return append(faults, fmt.Sprintf("{oldSchemaVersion: %d}", v.Version), fmt.Sprintf("{oldSchema: '%s'}", v.Schema.Text),
				fmt.Sprintf("{validateFields: 'false', compatibility: '%s'}", l)), nil
		}
	}
	return nil, nil
}

// compare returns why next cannot follow old, as clients are told it.
func compare(l level, language registry.Type, old, next compat.Schema) (faults []string) {
	tell := func(found []compat.Fault, reader, writer string) {
		for _, f := range found {
			text := f.Describe(reader, writer)
			if language == registry.Avro {
				faults = append(faults, fmt.Sprintf("{errorType:'%s', description:'%s', additionalInfo:'%s'}", f.Type, text, f.Info))
			} else {
				faults = append(faults, fmt.Sprintf("{errorType:\"%s\", description:\"%s\"}", f.Type, text))
			}
		}
	}
	if l.is("BACKWARD") {
		tell(compat.Check(next, old), "new", "old")
	}
	if l.is("FORWARD") {
		tell(compat.Check(old, next), "old", "new")
	}
	return faults
}

// parse understands a schema with all that it refers to.
func (r *Registry) parse(ctx context.Context, s registry.Schema) (compat.Schema, error) {
	referred, err := r.referred(s, map[registry.Reference]bool{})
	if err != nil {
		return nil, err
	}
	parsed, err := compat.Parse(ctx, s, referred)
	if err != nil {
		return nil, refuse(42201, "Invalid schema of type %s, details: %s", s.Type, err)
	}
	return parsed, nil
}

// referred returns what a schema refers to, the referred before what refers to it.
// Deleted versions count, for what refers to them is still to be read.
func (r *Registry) referred(s registry.Schema, seen map[registry.Reference]bool) (all []compat.Named, err error) {
	for _, ref := range s.References {
		if seen[ref] {
			continue
		}
		seen[ref] = true
		versions := r.Versions(ref.Subject)
		i := slices.IndexFunc(versions, func(v registry.Version) bool { return v.Version == ref.Version })
		if i < 0 {
			return nil, refuse(42201, "Invalid schema, details: No schema reference found for subject \"%s\" and version %d", ref.Subject, ref.Version)
		}
		behind, err := r.referred(versions[i].Schema, seen)
		if err != nil {
			return nil, err
		}
		all = append(append(all, behind...), compat.Named{Name: ref.Name, Schema: versions[i].Schema})
	}
	return all, nil
}

// pinned gives references to the latest version, which is -1, its number.
func (r *Registry) pinned(ctx context.Context, s registry.Schema) (registry.Schema, error) {
	s.References = slices.Clone(s.References)
	for i, ref := range s.References {
		if ref.Version != -1 {
			continue
		}
		latest, err := r.Latest(ctx, ref.Subject)
		if errors.Is(err, registry.ErrNotFound) {
			return s, refuse(42201, "Invalid schema, details: No schema reference found for subject \"%s\" and version -1", ref.Subject)
		}
		if err != nil {
			return s, err
		}
		s.References[i].Version = latest.Version
	}
	return s, nil
}
