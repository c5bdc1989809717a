package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// joining is a chain of joins while it is planned. All of them give rows of the same
// layout, so that a column is found in its slot wherever it is asked for.
type joining struct {
	*Planner
	scope *joinScope
	links []*link
}

// link is one join of the chain: what stands before it is joined with the next member.
type link struct {
	*ast.Join
	right *member
	// leftOn and rightOn are the two sides of the condition over the joined row.
	leftOn, rightOn expr.Expr
	condition       string // as messages show it
	kind            plan.JoinKind
	// leftKind is the kind of what stands before the join.
	leftKind catalog.Kind
	// rekeyLeft and rekeyRight say that a side has to be sent to other tasks first.
	rekeyLeft, rekeyRight bool
	foreign               bool // a table's rows are joined by another column than their key
	within                plan.Within
	key                   joinKey
}

// joinKey is the key of a joined row.
type joinKey struct {
	typ *types.Type
	// equal are the sides of the conditions that it is the value of, and same those of
	// them that are columns, which stand for it in a projection.
	equal []expr.Expr
	same  []*expr.Column
	// made says that no column does: the key has a name that is made up.
	made bool
}

// join plans FROM … JOIN …. What it gives looks to the rest of the query like a source.
func (p *Planner) join(q *ast.Query) (*selection, error) {
	j := &joining{Planner: p, scope: &joinScope{}}
	if err := j.open(q.From); err != nil {
		return nil, err
	}
	for _, l := range j.links {
		if err := j.condition(l); err != nil {
			return nil, err
		}
	}
	if err := j.checkFormats(q); err != nil {
		return nil, err
	}
	key := j.firstKey()
	kind := j.scope.members[0].Kind
	for _, l := range j.links {
		l.leftKind = kind
		if err := j.connect(l, key); err != nil {
			return nil, err
		}
		if key = l.key; l.kind == plan.Full {
			key.equal, key.same = nil, nil // either side may be NULL
		}
	}
	return j.selection(q, kind), nil
}

// open finds the sources of a chain of joins, the leftmost first.
func (j *joining) open(from ast.Relation) error {
	join, ok := from.(*ast.Join)
	if !ok {
		_, err := j.member(from.(*ast.Source))
		return err
	}
	if err := j.open(join.Left); err != nil {
		return err
	}
	right, err := j.member(join.Right)
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(string(join.Kind), " ")
	j.links = append(j.links, &link{Join: join, right: right, kind: plan.JoinKind(kind)})
	return nil
}

// member adds a source.
func (j *joining) member(from *ast.Source) (*member, error) {
	s, err := j.relation(from)
	if err != nil {
		return nil, err
	}
	first := 0
	for _, m := range j.scope.members {
		first += len(m.slots)
	}
	m := newMember(s, from, first)
	if s.Pattern != "" {
		return nil, source.Errorf(from.Span, "Cannot join %s: it reads all topics that match '%s', whose records do not lie in partitions by their keys.", s.Name, s.Pattern).
			WithDetail("Fill a stream with it by CREATE STREAM … AS SELECT and join that one.")
	}
	for _, other := range j.scope.members {
		if other.alias == m.alias {
			return nil, source.Errorf(from.Span, "Can not join '%s' to '%s': both are called %s.", other.Name, m.Name, m.alias).
				WithDetail("Give one of them another name with AS.")
		}
	}
	j.scope.members = append(j.scope.members, m)
	return m, nil
}

// firstKey is the key of the leftmost source.
func (j *joining) firstKey() joinKey {
	m := j.scope.members[0]
	if len(m.Schema.Key) != 1 {
		return joinKey{}
	}
	key := joinKey{typ: m.Schema.Key[0].Type}
	key.add(m.column(0))
	return key
}

// add notes that an expression has the value of the key.
func (k *joinKey) add(e expr.Expr) {
	k.equal = append(k.equal, e)
	if c, ok := e.(*expr.Column); ok {
		k.same = append(k.same, c)
	}
}

// has reports whether an expression has the value of the key.
func (k *joinKey) has(e expr.Expr) bool {
	return slices.ContainsFunc(k.equal, func(known expr.Expr) bool { return known.String() == e.String() })
}

// checkFormats refuses values of which nothing but one column can be written.
func (j *joining) checkFormats(q *ast.Query) error {
	var names []string
	for _, m := range j.scope.members {
		if m.Value.Name == "KAFKA" {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return source.Errorf(q.From.Place(), "Source(s) %s are using the 'KAFKA' value format. This format does not yet support JOIN.", strings.Join(names, ", "))
}

// connect finds out how two sides are joined, and what the key of the result is.
func (j *joining) connect(l *link, key joinKey) error {
	l.rekeyLeft = !key.has(l.leftOn)
	l.rekeyRight = !l.right.isKey(l.rightOn)
	if err := j.checkKinds(l); err != nil {
		return err
	}
	if err := j.checkWindows(l); err != nil {
		return err
	}
	if l.foreign {
		l.key = key
		return nil
	}
	l.key = joinKey{typ: l.leftOn.Type()}
	if l.rekeyLeft {
		l.key.add(l.leftOn)
	} else {
		l.key.equal, l.key.same = slices.Clone(key.equal), slices.Clone(key.same)
	}
	l.key.add(l.rightOn)
	l.key.made = l.kind == plan.Full || len(l.key.same) == 0
	return nil
}

// isKey reports whether an expression is the whole key of the member.
func (m *member) isKey(e expr.Expr) bool {
	c, ok := e.(*expr.Column)
	return ok && len(m.Schema.Key) == 1 && c.Ref.Index == m.first
}

// selection is the query over the joined rows. Its source is no one's in the catalog.
func (j *joining) selection(q *ast.Query, kind catalog.Kind) *selection {
	last, left := j.links[len(j.links)-1], j.scope.members[0]
	joined := *left.Source
	joined.Kind, joined.Schema = kind, &types.Schema{}
	for _, m := range j.scope.members {
		for _, s := range m.slots {
			joined.Schema.Value = append(joined.Schema.Value, types.Column{Name: m.prefixed(s.Name), Type: s.Type})
		}
	}
	switch {
	case last.foreign:
		joined.Schema.Key = left.Schema.Key
	case last.key.made:
		name := j.madeName()
		joined.Schema.Key = []types.Column{{Name: name, Type: last.key.typ}}
		j.scope.key = expr.NewColumn("", name, types.Ref{Place: types.InKey}, last.key.typ)
	default:
		c := last.key.same[0]
		joined.Schema.Key = []types.Column{{Name: c.Source + "_" + c.Name, Type: c.Type()}}
	}
	names := &names{taken: map[string]bool{}}
	for _, name := range j.scope.columnNames() {
		names.taken[name] = true
	}
	s := &selection{Planner: j.Planner, query: q, source: &joined, alias: left.alias, names: names, scope: j.scope, joins: j}
	s.exploded.scope = j.scope
	s.exploded.width = len(joined.Schema.Value)
	return s
}

// madeName is the name of a key that is no column: ROWKEY, or the first of ROWKEY_1,
// ROWKEY_2, … that no column has.
func (j *joining) madeName() string {
	taken := j.scope.columnNames()
	name := "ROWKEY"
	for i := 1; slices.Contains(taken, name); i++ {
		name = "ROWKEY_" + strconv.Itoa(i)
	}
	return name
}

// readWithin reads the WITHIN clause.
func readWithin(w *ast.Within) (read plan.Within, err error) {
	if read.Before, err = duration(w.Before); err != nil {
		return read, err
	}
	if read.After, err = duration(w.After); err != nil {
		return read, err
	}
	if read.Waits = w.Grace != nil; !read.Waits {
		read.Grace = defaultGrace
	} else if read.Grace, err = duration(*w.Grace); err != nil {
		return read, err
	}
	return read, checkSum(w.Span, read.Before, read.After, read.Grace)
}
