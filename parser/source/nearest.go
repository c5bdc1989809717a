package source

import "strings"

// Nearest returns the candidate with the smallest edit distance to word,
// ignoring case; the first of equals, and "" if there are none, or if more than
// half of the letters of word would have to change: that is another word.
func Nearest(word string, candidates []string) string {
	best, least := nearest(word, candidates)
	if 2*least > len(letters(word)) {
		return ""
	}
	return best
}

// Similar returns the candidate a user most likely meant by word: the nearest,
// if it differs in no more than a third of its letters, at least one; else "".
func Similar(word string, candidates []string) string {
	best, least := nearest(word, candidates)
	if least > max(1, len(best)/3) {
		return ""
	}
	return best
}

// nearest returns the first of the candidates with the smallest distance, and
// that distance.
func nearest(word string, candidates []string) (best string, least int) {
	for i, c := range candidates {
		if d := distance(word, c); i == 0 || d < least {
			best, least = c, d
		}
	}
	return best, least
}

// distance is the Levenshtein distance of two words whatever their case. Only
// the first 100 letters count, so that it stays quick for any text.
func distance(a, b string) int {
	x, y := letters(a), letters(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// letters returns the upper-cased beginning of a word that distance compares.
func letters(word string) []rune {
	const most = 100
	if len(word) > 4*most {
		word = word[:4*most]
	}
	r := []rune(strings.ToUpper(word))
	return r[:min(len(r), most)]
}
