package datetime

import "fmt"

// letterElement returns the element for a letter that is repeated count times.
func letterElement(letter byte, count int) (element, error) {
	e := letterMeaning(letter, count)
	if e == nil && !known(letter) {
		return nil, fmt.Errorf("unknown letter %c", letter)
	}
	if e == nil {
		return nil, fmt.Errorf("letter %c cannot stand %d times", letter, count)
	}
	return e, nil
}

// known reports whether a letter has a meaning at all: every letter that has one can stand once or twice.
func known(letter byte) bool {
	for count := range 2 {
		if letterMeaning(letter, count+1) != nil {
			return true
		}
	}
	return false
}

// letterMeaning returns the element for a letter, nil if it does not stand
// that many times or is none.
func letterMeaning(letter byte, count int) element {
	switch letter {
	case 'u', 'y', 'Y':
		return yearNumber(yearFields[letter], count)
	case 'M', 'L':
		return textOrNumber(month, count)
	case 'Q', 'q':
		return textOrNumber(quarter, count)
	case 'E':
		return weekdayText(count)
	case 'e', 'c':
		if count > 2 {
			return weekdayText(count)
		}
		return upTo(localWeekday, count, 2)
	case 'G':
		return eraText(count)
	case 'a':
		return exactly(text{amPm, amPmNames}, count, 1)
	case 'D':
		return dayOfYearNumber(count)
	case 'S':
		return fractionNumber(count)
	case 'A', 'n', 'N', 'g':
		return longNumber(longFields[letter], count)
	case 'W', 'F':
		return upTo(shortFields[letter], count, 1)
	case 'w', 'd', 'h', 'H', 'k', 'K', 'm', 's':
		return upTo(shortFields[letter], count, 2)
	}
	return zoneElement(letter, count)
}

var (
	yearFields  = map[byte]field{'u': year, 'y': yearOfEra, 'Y': weekYear}
	longFields  = map[byte]field{'A': milliOfDay, 'n': nano, 'N': nanoOfDay, 'g': julianDay}
	shortFields = map[byte]field{
		'W': weekOfMonth, 'F': weekdayInMonth, 'w': weekOfYear, 'd': dayOfMonth, 'h': clockHourOfAmPm,
		'H': hourOfDay, 'k': clockHourOfDay, 'K': hourOfAmPm, 'm': minute, 's': second,
	}
)

// yearNumber is a year: two letters are its last two digits, and from four on
// a year that needs more digits has a sign.
func yearNumber(f field, count int) element {
	switch {
	case count == 2:
		return &number{field: f, least: 2, most: 2, reduced: true}
	case count > 19:
		return nil
	case count < 4:
		return &number{field: f, least: count, most: 19, sign: plainSign}
	}
	return &number{field: f, least: count, most: 19, sign: signBeyondWidth}
}

// longNumber is a number of any width, with zeros up to that of the letters.
func longNumber(f field, count int) element {
	if count > 19 {
		return nil
	}
	return &number{field: f, least: count, most: 19, sign: plainSign}
}

// upTo is a number of any width for one letter, and of fixed width for two.
func upTo(f field, count, most int) element {
	switch {
	case count > most:
		return nil
	case count == 1:
		return &number{field: f, least: 1, most: 19, sign: plainSign}
	}
	return &number{field: f, least: count, most: count}
}

// textOrNumber is a number for one or two letters, and a name for more.
func textOrNumber(f field, count int) element {
	if count > 2 {
		return styledText(f, count-3)
	}
	return upTo(f, count, 2)
}

// styledText is the short, full or narrow names of months, weekdays and quarters.
func styledText(f field, style int) element {
	if names, ok := fieldNames[f]; ok && style < len(names) {
		return text{f, names[style]}
	}
	return nil
}

// weekdayText is the name of a day: short for up to three letters.
func weekdayText(count int) element { return styledText(weekday, max(count-3, 0)) }

func eraText(count int) element { return styledText(era, max(count-3, 0)) }

// dayOfYearNumber is a number of up to three digits.
func dayOfYearNumber(count int) element {
	if count > 3 {
		return nil
	}
	if count == 1 {
		return upTo(dayOfYear, 1, 1)
	}
	return &number{field: dayOfYear, least: count, most: 3}
}

// fractionNumber is as many digits of the fraction as there are letters.
func fractionNumber(count int) element {
	if count > 9 {
		return nil
	}
	return &number{field: nano, least: count, most: count, fraction: true}
}

// zoneElement is the meaning of the letters that are about zones.
func zoneElement(letter byte, count int) element {
	switch letter {
	case 'V':
		return exactly(zoneID{}, count, 2)
	case 'z':
		if count > 4 {
			return nil
		}
		return zoneName{full: count == 4}
	case 'O':
		if count != 1 && count != 4 {
			return nil
		}
		return localOffset{full: count == 4}
	case 'X', 'x':
		if count > 5 {
			return nil
		}
		return offset{style: offsetStyle(count - 1), zulu: letter == 'X'}
	case 'Z':
		return zoneOffset(count)
	}
	return nil
}

// zoneOffset is the letter Z, whose meanings follow no rule.
func zoneOffset(count int) element {
	switch {
	case count < 4:
		return offset{style: hoursMinutes}
	case count == 4:
		return localOffset{full: true}
	case count == 5:
		return offset{style: colonSeconds, zulu: true}
	}
	return nil
}

// exactly returns the element if the letter stands as often as it must.
func exactly(e element, count, want int) element {
	if count != want {
		return nil
	}
	return e
}
