package serde

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// Kinds tells what keys and values are encoded as, whatever was declared. It belongs to one
// goroutine.
type Kinds struct {
	schemas *schemas
	known   map[uint32]string // by the ids of schemas; empty for those that are none
	failed  int               // ids that were looked up in vain
	scan    jsonScanner
	names   []byte            // of an object's members, as they come, a 0 behind each
	objects map[string]string // kinds of objects by that
	text    []byte
}

// maxObjects is how many kinds of objects are kept, so that they need not be made again.
const maxObjects = 1000

// maxFailedIDs is how many ids are looked up in vain: bytes that begin with 0 need not be those of
// a schema.
const maxFailedIDs = 20

// NewKinds returns one that knows the schemas of the registry, if there is one.
func (fs *Formats) NewKinds() *Kinds {
	return &Kinds{schemas: &fs.schemas, known: map[uint32]string{}, objects: map[string]string{}}
}

// Of returns the kind of a key or value: the format and id of its schema, JSON with the names of an
// object's members, text, or binary. It is valid until the next call.
func (k *Kinds) Of(ctx context.Context, src []byte) []byte {
	if src == nil {
		return append(k.text[:0], "null"...)
	}
	if len(src) > 5 && src[0] == 0 && k.schemas.check() == nil {
		if name := k.schema(ctx, binary.BigEndian.Uint32(src[1:])); name != "" {
			return append(k.text[:0], name...)
		}
	}
	k.scan = jsonScanner{src: trimMark(src)}
	if end := k.scan.skip(0); end >= 0 && k.scan.space(end) == len(k.scan.src) {
		return k.json()
	}
	switch {
	case isPlainText(src):
		return append(k.text[:0], "text"...)
	case len(src) == 4 || len(src) == 8:
		return append(strconv.AppendInt(k.text[:0], int64(len(src)), 10), " bytes"...)
	}
	return append(k.text[:0], "binary"...)
}

// schema returns the kind for the schema of an id, nothing if there is no such schema.
func (k *Kinds) schema(ctx context.Context, id uint32) string {
	name, ok := k.known[id]
	if ok || k.failed == maxFailedIDs {
		return name
	}
	schema, err := k.schemas.registry.Schema(ctx, int(id))
	if err != nil {
		k.failed++
		k.known[id] = ""
		return ""
	}
	name = string(schema.Type)
	if schema.Type == registry.JSON {
		name = "JSON_SR"
	}
	name += ", schema " + strconv.FormatUint(uint64(id), 10)
	k.known[id] = name
	return name
}

// json returns the kind of the JSON text that is being scanned, whose syntax has been checked.
func (k *Kinds) json() []byte {
	s := &k.scan
	s.depth = 0
	i := s.space(0)
	switch s.peek(i) {
	case '{':
	case '[':
		return append(k.text[:0], "JSON array"...)
	case '"':
		return append(k.text[:0], "JSON string"...)
	case 't', 'f', 'n':
		return append(k.text[:0], "JSON true, false or null"...)
	default:
		return append(k.text[:0], "number as text"...)
	}
	k.names = k.names[:0]
	i, more := s.enter(i, '}')
	for more {
		var name []byte
		name, i = s.name(i)
		k.names = append(append(k.names, name...), 0)
		i, more = s.more(s.skip(i), '}')
	}
	if known, ok := k.objects[string(k.names)]; ok {
		return append(k.text[:0], known...)
	}
	kind := objectKind(string(k.names))
	if len(k.objects) < maxObjects {
		k.objects[string(k.names)] = kind
	}
	return append(k.text[:0], kind...)
}

// objectKind is the kind of objects whose members have these names, a 0 behind each. Their order
// does not count.
func objectKind(names string) string {
	if names == "" {
		return "JSON object"
	}
	list := strings.Split(strings.TrimSuffix(names, "\x00"), "\x00")
	slices.Sort(list)
	return "JSON object with " + strings.Join(slices.Compact(list), ", ")
}
