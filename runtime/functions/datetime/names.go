package datetime

import "strings"

// names are the words for the values of a field: names[i] is that of first+i.
// Words that stand for several values, as narrow ones do, are not parsed.
type names struct {
	first int64
	words []string
}

var (
	months   = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	quarters = []string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}

	amPmNames = names{0, []string{"AM", "PM"}}

	// fieldNames are the names of fields in their short, full and narrow form.
	fieldNames = map[field][]names{
		month:   {cut(months, 3), {1, months}, cut(months, 1)},
		weekday: {cut(weekdays, 3), {1, weekdays}, cut(weekdays, 1)},
		quarter: {{1, []string{"Q1", "Q2", "Q3", "Q4"}}, {1, quarters}, {1, []string{"1", "2", "3", "4"}}},
		era:     {{0, []string{"BC", "AD"}}, {0, []string{"Before Christ", "Anno Domini"}}, {0, []string{"B", "A"}}},
	}
)

// cut returns the first n letters of words for values from 1 on.
func cut(words []string, n int) names {
	short := make([]string, len(words))
	for i, w := range words {
		short[i] = w[:n]
	}
	return names{1, short}
}

// match returns the value of the longest word at the front of s.
func (n names) match(s string) (value int64, length int) {
	for i, w := range n.words {
		if len(w) > length && hasPrefixFold(s, w) && !n.ambiguous(w) {
			value, length = n.first+int64(i), len(w)
		}
	}
	return value, length
}

// ambiguous reports whether a word of one letter stands for several values, as J does for months.
func (n names) ambiguous(word string) bool {
	if len(word) > 1 {
		return false
	}
	count := 0
	for _, w := range n.words {
		if w == word {
			count++
		}
	}
	return count > 1
}

// hasPrefixFold is strings.HasPrefix without regard to case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
