package eval

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestLikeAgainstRegularExpressions compares random patterns with the regular
// expressions that mean the same.
func TestLikeAgainstRegularExpressions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		pattern, text := letters(random, "ab%_!é\n", 6), letters(random, "aab%_!é\n", 7)
		expression := asRegularExpression(pattern)
		prepared := preparePattern(pattern, "!")
		if got, want := prepared.matches(text), regexp.MustCompile(expression).MatchString(text); got != want {
			t.Fatalf("%q LIKE %q: got %v, but %s gives %v", text, pattern, got, expression, want)
		}
	}
}

func letters(random *rand.Rand, alphabet string, most int) string {
	runes := []rune(alphabet)
	var b strings.Builder
	for range random.IntN(most + 1) {
		b.WriteRune(runes[random.IntN(len(runes))])
	}
	return b.String()
}

func asRegularExpression(pattern string) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	escaped := false
	for _, r := range pattern {
		switch {
		case r == '!' && !escaped:
			escaped = true
			continue
		case r == '%' && !escaped:
			b.WriteString(".*")
		case r == '_' && !escaped:
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		escaped = false
	}
	return b.String() + `\z`
}
