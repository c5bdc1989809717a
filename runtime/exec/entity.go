package exec

// Head is the members that all answers have in common.
type Head struct {
	// Type is the name of the kind of answer in ksqlDB's REST API.
	Type string `json:"@type"`
	// Statement is the text that was executed, with its semicolon.
	Statement string    `json:"statementText"`
	Warnings  []Warning `json:"warnings"`
}

// Warning is something to be told with an answer.
type Warning struct {
	Message string `json:"message"`
}

func (h *Head) head() *Head { return h }

// warned gives the answer warnings.
func warned(e Entity, statement string, warnings []string) {
	h := e.head()
	h.Statement = statement
	h.Warnings = make([]Warning, len(warnings))
	for i, w := range warnings {
		h.Warnings[i] = Warning{Message: w}
	}
}

// labelWidth is how wide the labels of most descriptions are.
const labelWidth = 20

// message is the layout of an answer that is a sentence.
func message(text string) []Block {
	return []Block{{Table: &Table{Header: []string{"Message"}, Rows: [][]string{{text}}}}}
}

// labels is a block of named values.
func labels(pairs ...Label) Block { return Block{Labels: pairs, LabelWidth: labelWidth} }

// lines is a block of text.
func lines(text ...string) Block { return Block{Text: text} }
