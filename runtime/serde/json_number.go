package serde

import "math/bits"

// shortNumber reads the number at i, mantissa × 10^-fraction, if it has neither
// sign nor exponent and fewer than eight bytes; end is failed for all others,
// which number reads.
func shortNumber(src []byte, i int) (mantissa uint64, fraction, end int) {
	if i+8 > len(src) {
		return 0, 0, failed
	}
	w := load64(src, i) ^ zeros
	others := (w + pastNines | w) & highs
	whole := bits.TrailingZeros64(others) >> 3
	digits, last := whole, whole
	if others != 0 && src[i+whole] == '.' {
		others &= others - 1
		last = bits.TrailingZeros64(others) >> 3
		digits = last - 1
		fraction = digits - whole
		// The digits behind the point move down over it.
		before := uint64(1)<<(8*whole) - 1
		w = w&before | w>>8&^before
	}
	if others == 0 || whole == 0 || whole > 1 && w&0xFF == 0 || digits < last && fraction == 0 || src[i+last]|0x20 == 'e' {
		return 0, 0, failed
	}
	return eightDigits(w << (64 - 8*digits)), fraction, i + last
}

// longInteger reads the integer at i if it has no sign and at most 18 digits;
// end is failed for all others, which number reads.
func longInteger(src []byte, i int) (value uint64, end int) {
	value, end = digits(src, i, 0)
	if end == i || end-i > 18 || end == len(src) || src[i] == '0' || src[end] == '.' || src[end]|0x20 == 'e' {
		return 0, failed
	}
	return value, end
}

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
