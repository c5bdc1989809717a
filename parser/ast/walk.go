package ast

import (
	"iter"
	"slices"
)

// Walk calls visit for a node and, where visit returns true, for the nodes
// below it, in the order of the text. Names and nil nodes are not visited.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for child := range Children(n) {
		Walk(child, visit)
	}
}

// Nodes returns a node and all nodes below it, parents first.
func Nodes(n Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		more := true
		Walk(n, func(n Node) bool {
			more = more && yield(n)
			return more
		})
	}
}

// Children returns the nodes right below a node: expressions, clauses, types,
// queries. Names are not among them.
func Children(n Node) iter.Seq[Node] {
	var all []Node
	switch n := n.(type) {
	case Expr:
		for _, e := range operands(n) {
			all = append(all, *e)
		}
		if c, ok := n.(*Cast); ok {
			all = append(all, c.Type)
		}
	case SelectItem:
		all = itemChildren(n)
	case Relation:
		all = relationChildren(n)
	case *Query:
		all = n.children()
	case *Grouping:
		all = nodes(n.Exprs)
	case *Properties:
		all = nodes(n.List)
	case Property:
		all = []Node{n.Value}
	case ColumnDef:
		all = []Node{n.Type}
	case FieldDef:
		all = []Node{n.Type}
	case *Type:
		all = append(nodes(n.Elements), nodes(n.Fields)...)
	case Statement:
		all = statementChildren(n)
	}
	return slices.Values(all)
}

// The switches below name what has children; what is not named has none.

// nodes returns the members of a list as nodes.
func nodes[N Node](list []N) []Node {
	all := make([]Node, len(list))
	for i, n := range list {
		all[i] = n
	}
	return all
}

// itemChildren returns what stands in a select item.
func itemChildren(n SelectItem) []Node {
	switch n := n.(type) {
	case *Single:
		return []Node{n.Expr}
	case *AllFields:
		return []Node{n.Operand}
	default:
		return nil
	}
}

// relationChildren returns the two sides of a join and its condition.
func relationChildren(n Relation) []Node {
	if j, ok := n.(*Join); ok {
		return []Node{j.Left, j.Right, j.On}
	}
	return nil
}

// children returns the clauses of a query in the order of the text; the window, of
// which nothing has children, is left out.
func (n *Query) children() []Node {
	all := append(nodes(n.Items), n.From)
	if n.Where != nil {
		all = append(all, n.Where)
	}
	if n.GroupBy != nil {
		all = append(all, n.GroupBy)
	}
	if n.PartitionBy != nil {
		all = append(all, n.PartitionBy)
	}
	if n.Having != nil {
		all = append(all, n.Having)
	}
	return all
}

// statementChildren returns what stands in a statement other than a query.
func statementChildren(n Statement) []Node {
	switch n := n.(type) {
	case *CreateSource:
		return append(nodes(n.Columns), n.With.nodes()...)
	case *CreateSourceAs:
		return append(n.With.nodes(), n.Query)
	case *AlterSource:
		return nodes(n.Columns)
	case *CreateType:
		return []Node{n.Type}
	case *CreateConnector:
		return n.With.nodes()
	case *InsertValues:
		return nodes(n.Values)
	case *InsertQuery:
		return append(n.With.nodes(), n.Query)
	case *Summarize:
		if n.Query == nil {
			return nil
		}
		return []Node{n.Query}
	case *ExplainRecord:
		parts := []Node{n.Partition, n.Offset}
		if n.Statement != nil {
			parts = append(parts, n.Statement)
		}
		return parts
	case *Explain:
		if n.Statement == nil {
			return nil
		}
		return []Node{n.Statement}
	case *AssertTopic:
		return n.With.nodes()
	case *AssertValues:
		return nodes(n.Values)
	case *AssertTombstone:
		return nodes(n.Values)
	case *AssertSource:
		return append(nodes(n.Columns), n.With.nodes()...)
	default:
		return nil
	}
}

// nodes returns the clause as a list, empty if there is none.
func (n *Properties) nodes() []Node {
	if n == nil {
		return nil
	}
	return []Node{n}
}
