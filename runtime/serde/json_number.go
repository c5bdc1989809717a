package serde

// number reads the number at i.
func (s *jsonScanner) number(i int) (n number, end int) {
	start := i
	if s.peek(i) == '-' {
		n.negative = true
		i++
	}
	whole := i
	n.mantissa, i = digits(s.src, i, 0)
	n.digits = i - whole
	if n.digits == 0 || n.digits > 1 && s.src[whole] == '0' {
		return n, s.unexpected(start, "a value")
	}
	if s.peek(i) == '.' {
		point := i + 1
		n.mantissa, i = digits(s.src, point, n.mantissa)
		if n.fraction = i - point; n.fraction == 0 {
			return n, s.unexpected(i, "a digit")
		}
		n.digits += n.fraction
	}
	if s.peek(i)|0x20 == 'e' {
		digit := i + 1
		if n.exponent, i = exponent(s.src, digit); i < 0 {
			return n, s.unexpected(digit, "an exponent")
		}
	}
	n.literal = s.src[start:i]
	return n, i
}
