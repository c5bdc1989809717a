package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	// bufferSize is how much is read at once, and so about the size of a batch.
	bufferSize = 256 * 1024
	// batchSize is how many lines a batch has at most.
	batchSize = 4096
	// longestLine is what a line may have: no request to a broker is larger.
	longestLine = 100 << 20
)

// errTooLong says that a line was passed over.
var errTooLong = fmt.Errorf("the line is longer than %d bytes", longestLine)

// reader cuts a text into lines.
type reader struct {
	in *bufio.Reader
	// longest is how long a line may be.
	longest int
}

func newReader(in io.Reader) *reader {
	return &reader{in: bufio.NewReaderSize(in, bufferSize), longest: longestLine}
}

// next returns the next line without its end, \n or \r\n, in memory of its own. It
// returns errTooLong for one that was passed over, and io.EOF behind the last one.
func (r *reader) next() ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := r.in.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > r.longest; tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(line) > 0 || tooLong):
		case err != nil:
			return nil, err
		}
		if tooLong {
			return nil, errTooLong
		}
		return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
	}
}

// more reports whether a whole line is there without waiting for it.
func (r *reader) more() bool {
	there, _ := r.in.Peek(r.in.Buffered()) // cannot fail
	return bytes.IndexByte(there, '\n') >= 0
}
