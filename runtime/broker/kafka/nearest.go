package kafka

import "fmt"

// unknownProperty refuses a name and offers the nearest one there is.
func unknownProperty(name string) error {
	best, distance := "", len(name)/2+1
	for _, p := range Properties() { // in order, so that ties are settled
		if d := editDistance(name, p.Name); d < distance {
			best, distance = p.Name, d
		}
	}
	if best == "" {
		return fmt.Errorf("unknown client property %s", name)
	}
	return fmt.Errorf("unknown client property %s: did you mean %s?", name, best)
}

// editDistance is the number of letters to insert, drop or replace to turn a
// into b (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
