package functions

import (
	"fmt"
	"strconv"
	"strings"
)

// jsonPath is a compiled path into JSON: $ followed by .name, [n] and ["name"].
type jsonPath []jsonStep

// jsonStep is a name, or an index if it has the form of one.
type jsonStep struct {
	name  string
	index int // -1 if the step is no index
}

// compileJSONPath compiles a path.
func compileJSONPath(path string) (jsonPath, error) {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil, fmt.Errorf("JSON path '%s' does not start with $", path)
	}
	var steps jsonPath
	for rest != "" {
		var name string
		name, rest, ok = cutJSONStep(rest)
		if !ok {
			return nil, fmt.Errorf("invalid JSON path '%s' at index %d", path, len(path)-len(rest))
		}
		step := jsonStep{name: name, index: -1}
		if n, err := strconv.Atoi(name); err == nil && n >= 0 {
			step.index = n
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// cutJSONStep takes a step off the front of a path.
func cutJSONStep(path string) (name, rest string, ok bool) {
	if quoted, found := strings.CutPrefix(path, `["`); found {
		return cutUntil(quoted, path, `"]`)
	}
	if index, found := strings.CutPrefix(path, "["); found {
		name, rest, ok = cutUntil(index, path, "]")
		_, err := strconv.Atoi(name)
		return name, rest, ok && err == nil && name[0] != '-' && name[0] != '+'
	}
	if path[0] != '.' {
		return "", path, false
	}
	n := 1
	for n < len(path) && (alphanumeric(path[n]) || strings.IndexByte("_:@", path[n]) >= 0 || path[n] >= 0x80) {
		n++
	}
	return path[1:n], path[n:], n > 1
}

// cutUntil cuts s at the end of a step; path is what is left where it has none.
func cutUntil(s, path, end string) (name, rest string, ok bool) {
	name, rest, ok = strings.Cut(s, end)
	if !ok {
		return "", path, false
	}
	return name, rest, true
}

// find returns the value at the path; it is missing if there is none.
func (p jsonPath) find(n *jsonNode) *jsonNode {
	for _, step := range p {
		if n.kind == jsonArray {
			n = n.elem(step.index)
			continue
		}
		n = n.field(step.name)
	}
	return n
}
