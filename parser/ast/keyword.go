package ast

import "strings"

// The words are kept here and not in the lexer, because printing has to know which
// names need quotes.

// reserved are the words that cannot be names without quotes; free are the
// grammar's other words.
const (
	reserved = `SELECT FROM AS ALL DISTINCT WHERE WITHIN WINDOW GROUP BY HAVING LIMIT AT OR AND IN NOT
EXISTS BETWEEN LIKE IS NULL TRUE FALSE MILLISECOND YEARS MONTHS DAYS HOURS MINUTES SECONDS MILLISECONDS
TUMBLING HOPPING SIZE ADVANCE RETENTION CASE WHEN THEN ELSE END JOIN FULL OUTER INNER LEFT RIGHT ON WITH
VALUES CREATE TABLE TOPIC STREAM STREAMS INSERT DELETE INTO DESCRIBE EXTENDED PRINT CAST LIST TOPICS
QUERY QUERIES TERMINATE PAUSE RESUME LOAD DROP TO RENAME SAMPLE EXPORT CATALOG PROPERTIES BEGINNING UNSET
RUN SCRIPT DECIMAL CONNECTOR CONNECTORS NAMESPACE MATERIALIZED VIEW`

	free = `SHOW TABLES COLUMNS COLUMN PARTITIONS FUNCTIONS FUNCTION SESSION STRUCT MAP ARRAY PARTITION
INTEGER DATE TIME TIMESTAMP INTERVAL ZONE STRING YEAR MONTH DAY HOUR MINUTE SECOND EXPLAIN ANALYZE TYPE
TYPES SET RESET IF SOURCE SINK PRIMARY KEY EMIT CHANGES FINAL ESCAPE REPLACE ASSERT ALTER ADD HEADER
HEADERS GRACE PERIOD DEFINE UNDEFINE VARIABLES PLUGINS SYSTEM TIMEOUT SCHEMA SUBJECT ID RECORD FOR SUMMARIZE`

	// misread are free words that may open a clause where a name may stand, so
	// a name spelled like one is printed in quotes.
	misread = `ARRAY MAP STRUCT EMIT PARTITION ESCAPE IF TABLES COLUMN FUNCTION`
)

// words returns the set of the words of a list.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

var (
	isReserved = words(reserved)
	isMisread  = words(misread)
	isKeyword  = words(reserved + " " + free)
)

// Reserved reports whether an upper-cased word cannot be a name unless quoted.
func Reserved(word string) bool { return isReserved[word] }

// Keyword reports whether an upper-cased word is one of the grammar's words,
// reserved or not.
func Keyword(word string) bool { return isKeyword[word] }

// Keywords returns all words of the grammar in capitals, the reserved ones
// first. The caller owns the slice.
func Keywords() []string {
	return append(strings.Fields(reserved), strings.Fields(free)...)
}

// isPlain reports whether text reads as one name, whatever its case, when it
// stands without quotes.
func isPlain(text string) bool {
	for i, r := range text {
		letter := r == '_' || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
		if !letter && (i == 0 || (r != '@' && (r < '0' || r > '9'))) {
			return false
		}
	}
	upper := strings.ToUpper(text)
	return text != "" && !isReserved[upper] && !isMisread[upper]
}

// Quote returns a name in backticks.
func Quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// Unquote returns the name that an identifier means: what stands in back quotes as it is,
// anything else in upper case.
func Unquote(identifier string) string {
	if len(identifier) > 1 && identifier[0] == '`' && strings.HasSuffix(identifier, "`") {
		return strings.ReplaceAll(identifier[1:len(identifier)-1], "``", "`")
	}
	return strings.ToUpper(identifier)
}

// QuoteString returns text as a string literal.
func QuoteString(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
