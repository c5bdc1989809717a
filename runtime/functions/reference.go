package functions

import (
	"fmt"
	"slices"
	"strings"
)

// AppendReference appends the function reference in Markdown: a section for
// each category with its functions, their signatures, arguments and examples.
func (r *Registry) AppendReference(buf []byte) []byte {
	buf = append(buf, "# Functions\n"...)
	byCategory := map[string][]*Function{}
	var categories []string
	for _, name := range r.names {
		f := r.Lookup(name)
		if byCategory[f.Category] == nil {
			categories = append(categories, f.Category)
		}
		byCategory[f.Category] = append(byCategory[f.Category], f)
	}
	slices.Sort(categories)
	for _, category := range categories {
		buf = fmt.Appendf(buf, "\n## %s\n", category)
		for _, f := range byCategory[category] {
			buf = f.appendReference(buf)
		}
	}
	return buf
}

func (f *Function) appendReference(buf []byte) []byte {
	buf = fmt.Appendf(buf, "\n### %s\n\n%s\n\n```\n", f.Name, f.Doc)
	for _, o := range f.Overloads {
		buf = fmt.Appendf(buf, "%s%s\n", f.Name, o.Signature)
	}
	buf = append(buf, "```\n"...)
	for i, a := range f.Args {
		if i == 0 {
			buf = append(buf, '\n')
		}
		buf = fmt.Appendf(buf, "- `%s`: %s\n", a.Name, a.Doc)
	}
	buf = append(buf, "\n| call | result |\n|---|---|\n"...)
	for _, e := range f.Examples {
		result := "`" + e.Result + "`"
		if e.Result == Fails {
			result = "an error"
		}
		buf = fmt.Appendf(buf, "| `%s` | %s |\n", e.Call, strings.ReplaceAll(result, "|", "\\|"))
	}
	return buf
}
