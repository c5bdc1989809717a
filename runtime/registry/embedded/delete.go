package embedded

import (
	"context"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file is about deleting. What is deleted can be asked for still, and is deleted
// for good by deleting it once more.

// deleteSubject deletes all versions of a subject and returns their numbers.
func (r *Registry) deleteSubject(ctx context.Context, subject string, forGood bool) (numbers []int, err error) {
	r.changing.Lock()
	defer r.changing.Unlock()
	if err := r.writable(subject, false); err != nil {
		return nil, err
	}
	all, live := r.Versions(subject), r.versions(subject)
	switch {
	case len(all) == 0:
		return nil, refuse(40401, "Subject '%s' not found.", subject)
	case forGood && len(live) > 0:
		return nil, refuse(40405, "Subject '%s' was not deleted first before being permanently deleted", subject)
	case !forGood && len(live) == 0:
		return nil, refuse(40404, "Subject '%s' was soft deleted. Set permanent=true to delete permanently", subject)
	case !forGood:
		all = live
	}
	for _, v := range all {
		if err := r.unreferred(v); err != nil {
			return nil, err
		}
		numbers = append(numbers, v.Version)
	}
	return numbers, r.DeleteVersions(ctx, subject, numbers, forGood)
}

// deleteVersion deletes one version of a subject.
func (r *Registry) deleteVersion(ctx context.Context, v registry.Version, forGood bool) error {
	r.changing.Lock()
	defer r.changing.Unlock()
	if err := r.writable(v.Subject, false); err != nil {
		return err
	}
	switch {
	case forGood && !v.Deleted:
		return refuse(40407, "Subject '%s' Version %d was not deleted first before being permanently deleted", v.Subject, v.Version)
	case !forGood && v.Deleted:
		return refuse(40406, "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently", v.Subject, v.Version)
	}
	if err := r.unreferred(v); err != nil {
		return err
	}
	return r.DeleteVersions(ctx, v.Subject, []int{v.Version}, forGood)
}

// unreferred refuses to delete what other schemas refer to.
func (r *Registry) unreferred(v registry.Version) error {
	if len(r.referrers(v)) > 0 {
		return refuse(42206, "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=%s,version=%d}", v.Subject, v.Version)
	}
	return nil
}

// referrers returns the ids of the schemas that refer to a version.
func (r *Registry) referrers(v registry.Version) []int {
	ids := []int{}
	for _, subject := range r.AllSubjects() {
		for _, other := range r.versions(subject) {
			if slices.ContainsFunc(other.Schema.References, func(ref registry.Reference) bool {
				return ref.Subject == v.Subject && ref.Version == v.Version
			}) {
				ids = append(ids, other.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
