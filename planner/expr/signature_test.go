package expr

import "testing"

func TestSignaturesPrintAsWritten(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"() DOUBLE",
		"(str STRING, pos INT) STRING",
		"(x DECIMAL) DECIMAL",
		"(x DECIMAL(38, 10)) BIGINT",
		"(first STRING, rest STRING...) STRING",
		"(a T, middle T..., n INT) ARRAY<T>",
		"(m MAP<STRING, INT>, sorted BOOLEAN) ARRAY<STRUCT<K STRING, V INT>>",
		"(m MAP<K, V>, f LAMBDA(K, V) => R, g LAMBDA(K, V) => T) MAP<R, T>",
		"(unit INTERVALUNIT, n INT, d DATE) DATE",
		"(a T, others ANY..., const n INT, const b BOOLEAN) ARRAY<T>",
	} {
		s, err := ParseSignature(text)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := s.String(); got != text {
			t.Errorf("%s printed as %s", text, got)
		}
	}
}

func TestBadSignatures(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"STRING":                   `signature "STRING": no ( at "STRING"`,
		"(a STRIN) INT":            `signature "(a STRIN) INT": unknown type "STRIN"`,
		"(a INT) INT INT":          `signature "(a INT) INT INT": "INT" left over`,
		"(a INT..., b INT...) INT": `signature "(a INT..., b INT...) INT": two variadic parameters`,
		"(a MAP<STRING>) INT":      `signature "(a MAP<STRING>) INT": 1 element types instead of 2`,
		"(a DECIMAL(2, 3)) INT":    `signature "(a DECIMAL(2, 3)) INT": DECIMAL precision must be >= scale: DECIMAL(2,3)`,
		"(a LAMBDA(T) = T) INT":    `signature "(a LAMBDA(T) = T) INT": no => at " = T) INT"`,
		"(, a INT) INT":            `signature "(, a INT) INT": no parameter name at ", a INT) INT"`,
		"(a STRUCT<INT>) INT":      `signature "(a STRUCT<INT>) INT": unknown type ""`,
		"(const a INT, b INT) INT": `signature "(const a INT, b INT) INT": parameter b after a constant one`,
		"(a DECIMAL(4)) INT":       `signature "(a DECIMAL(4)) INT": bad DECIMAL at "4)) INT"`,
	} {
		if _, err := ParseSignature(text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
