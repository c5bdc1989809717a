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
	if f.Over != nil {
		return f.appendAggregateExamples(buf)
	}
	buf = append(buf, "\n| call | result |\n|---|---|\n"...)
	for _, e := range f.Examples {
		buf = fmt.Appendf(buf, "| %s | %s |\n", code(e.Call), shownResult(e.Result))
	}
	return buf
}

func (f *Function) appendAggregateExamples(buf []byte) []byte {
	buf = append(buf, "\n| call | over | result |\n|---|---|---|\n"...)
	for _, e := range f.Over {
		buf = fmt.Appendf(buf, "| %s | %s | %s |\n", code(e.Call), code(e.Over), shownResult(e.Result))
	}
	return buf
}

// shownResult returns the result of an example for a table.
func shownResult(result string) string {
	if result == Fails {
		return "an error"
	}
	return strings.ReplaceAll(code(result), "|", "\\|")
}

// code returns a text as a span of code, in which backquotes stand for themselves.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
