package functions

import "github.com/ksqlite/ksqlite/runtime/data"

func stringPads() []Function {
	return []Function{
		{
			Name: "LPAD", Doc: "Fills text or bytes up to a length from the left, or cuts what is longer off at the right. " +
				"NULL if the length is negative or the padding empty.",
			Args:      padArgs(),
			Overloads: pads(true),
			Examples:  []Example{{"LPAD('7', 3, '0')", "'007'"}, {"LPAD('stream', 3, '0')", "'str'"}, {"LPAD('7', 3, '')", "NULL"}},
		},
		{
			Name: "RPAD", Doc: "Fills text or bytes up to a length from the right, or cuts what is longer off. " +
				"NULL if the length is negative or the padding empty.",
			Args:      padArgs(),
			Overloads: pads(false),
			Examples:  []Example{{"RPAD('ab', 7, 'xyz')", "'abxyzxy'"}, {"RPAD('ab', -1, 'x')", "NULL"}},
		},
	}
}

func padArgs() []Arg {
	return []Arg{{"input", "The text or bytes to pad."}, {"targetLen", "The length of the result."}, {"padding", "What to fill up with, repeated as needed."}}
}

// pads is the overloads of LPAD and RPAD.
func pads(left bool) []Overload {
	return []Overload{
		call("(input STRING, targetLen INT, padding STRING) STRING", func(env *Env, args []data.Value) (data.Value, error) {
			s, n, whole := args[0].Text(), int(args[1].Int64()), args[2].Text()
			if n < 0 || whole == "" {
				return data.Null, nil
			}
			have := units(s)
			if n <= have {
				return data.String(cut(env, s, 0, n)), nil
			}
			width := units(whole)
			times, rest := (n-have)/width, cut(env, whole, 0, (n-have)%width)
			out, err := padding{whole, times, rest, left}.fill(env, s)
			return data.String(out), err
		}),
		call("(input BYTES, targetLen INT, padding BYTES) BYTES", func(env *Env, args []data.Value) (data.Value, error) {
			b, n, whole := args[0].Raw(), int(args[1].Int64()), args[2].Raw()
			if n < 0 || len(whole) == 0 {
				return data.Null, nil
			}
			if n <= len(b) {
				return data.Bytes(b[:n]), nil
			}
			missing := n - len(b)
			times, rest := missing/len(whole), whole[:missing%len(whole)]
			out, err := padding{text(whole), times, text(rest), left}.fill(env, text(b))
			return data.Bytes(raw(out)), err
		}),
	}
}

// padding is a text, that many times, and then a part of it, before or behind another.
type padding struct {
	whole string
	times int
	rest  string
	left  bool
}

// fill pads s.
func (p padding) fill(env *Env, s string) (string, error) {
	size := len(s) + p.times*len(p.whole) + len(p.rest)
	if err := checkSize(size); err != nil {
		return "", err
	}
	out := buffer(env, size)
	if !p.left {
		out = append(out, s...)
	}
	for range p.times {
		out = append(out, p.whole...)
	}
	out = append(out, p.rest...)
	if p.left {
		out = append(out, s...)
	}
	return text(out), nil
}
