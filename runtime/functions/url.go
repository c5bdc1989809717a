package functions

import (
	"net/url"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/data"
)

func urls() []Function {
	arg := []Arg{{"input", "The URL; what is none is an error."}}
	return []Function{
		{
			Name: "URL_DECODE_PARAM", Doc: "Decodes a value from the query of a URL: %XX, and + for a blank.",
			Args:      []Arg{{"input", "The encoded value."}},
			Overloads: []Overload{try1("(input STRING) STRING", url.QueryUnescape)},
			Examples:  []Example{{"URL_DECODE_PARAM('url%20encoded+1')", "'url encoded 1'"}, {"URL_DECODE_PARAM('100%')", Fails}},
		},
		{
			Name: "URL_ENCODE_PARAM", Doc: "Encodes a value for the query of a URL. All but letters, digits and . - * _ become %XX, a blank becomes +.",
			Args:      []Arg{{"input", "The value."}},
			Overloads: []Overload{env1("(input STRING) STRING", encodeParam)},
			Examples:  []Example{{"URL_ENCODE_PARAM('a b&ü~*')", "'a+b%26%C3%BC%7E*'"}},
		},
		{
			Name: "URL_EXTRACT_PROTOCOL", Doc: "Returns the protocol of a URL, NULL if it has none.", Args: arg,
			Overloads: []Overload{partOfURL(func(u *uri) (string, bool) { return u.scheme, u.scheme != "" })},
			Examples:  []Example{{"URL_EXTRACT_PROTOCOL('http://test.com/a')", "'http'"}},
		},
		{
			Name: "URL_EXTRACT_HOST", Doc: "Returns the host of a URL, NULL if it has none.", Args: arg,
			Overloads: []Overload{partOfURL(func(u *uri) (string, bool) { return u.host, u.host != "" })},
			Examples:  []Example{{"URL_EXTRACT_HOST('http://me@test.com:80/a')", "'test.com'"}, {"URL_EXTRACT_HOST('not a URL')", Fails}},
		},
		{
			Name: "URL_EXTRACT_PORT", Doc: "Returns the port of a URL, NULL if it has none.", Args: arg,
			Overloads: []Overload{call("(input STRING) INT", urlPort)},
			Examples:  []Example{{"URL_EXTRACT_PORT('http://test.com:80/a')", "80"}, {"URL_EXTRACT_PORT('http://test.com/a')", "NULL"}},
		},
		{
			Name: "URL_EXTRACT_PATH", Doc: "Returns the path of a URL, decoded. It is NULL for a URL such as mailto:a@test.com.", Args: arg,
			Overloads: []Overload{partOfURL(func(u *uri) (string, bool) { return unescape(u.path), !u.opaque })},
			Examples:  []Example{{"URL_EXTRACT_PATH('http://test.com/a%20b?c#d')", "'/a b'"}, {"URL_EXTRACT_PATH('http://test.com')", "''"}},
		},
		{
			Name: "URL_EXTRACT_QUERY", Doc: "Returns the query of a URL, decoded, NULL if it has none.", Args: arg,
			Overloads: []Overload{partOfURL(func(u *uri) (string, bool) { return unescape(u.query), u.hasQuery })},
			Examples:  []Example{{"URL_EXTRACT_QUERY('http://test.com/a?b=1&c=%20')", "'b=1&c= '"}},
		},
		{
			Name: "URL_EXTRACT_FRAGMENT", Doc: "Returns the fragment of a URL, decoded, NULL if it has none.", Args: arg,
			Overloads: []Overload{partOfURL(func(u *uri) (string, bool) { return unescape(u.fragment), u.hasFragment })},
			Examples:  []Example{{"URL_EXTRACT_FRAGMENT('http://test.com/a#b')", "'b'"}, {"URL_EXTRACT_FRAGMENT('http://test.com/a')", "NULL"}},
		},
		{
			Name: "URL_EXTRACT_PARAMETER", Doc: "Returns the value of a parameter in the query of a URL, decoded: empty if it has none, NULL if there is no such parameter.",
			Args:      []Arg{{"input", "The URL."}, {"paramToFind", "The parameter's name, in exactly that case."}},
			Overloads: []Overload{call("(input STRING, paramToFind STRING) STRING", urlParameter)},
			Examples: []Example{
				{"URL_EXTRACT_PARAMETER('http://test.com?a=b%20c&d', 'a')", "'b c'"},
				{"URL_EXTRACT_PARAMETER('http://test.com?a=b%20c&d', 'd')", "''"},
				{"URL_EXTRACT_PARAMETER('http://test.com?a=b%20c&d', 'A')", "NULL"},
			},
		},
	}
}

// partOfURL is the overload of a function that returns a part of a URL, or NULL.
func partOfURL(part func(*uri) (string, bool)) Overload {
	return call("(input STRING) STRING", func(_ *Env, args []data.Value) (data.Value, error) {
		u, err := parseURI(args[0].Text())
		if err != nil {
			return data.Null, err
		}
		text, ok := part(&u)
		if !ok {
			return data.Null, nil
		}
		return data.String(text), nil
	})
}

func urlPort(_ *Env, args []data.Value) (data.Value, error) {
	u, err := parseURI(args[0].Text())
	if err != nil || u.port < 0 {
		return data.Null, err
	}
	return data.Int(u.port), nil
}

// urlParameter takes the query apart before it decodes it, so that an encoded & separates nothing.
func urlParameter(_ *Env, args []data.Value) (data.Value, error) {
	u, err := parseURI(args[0].Text())
	if err != nil {
		return data.Null, err
	}
	for parameter := range strings.SplitSeq(u.query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if u.hasQuery && unescape(name) == args[1].Text() {
			return data.String(unescape(value)), nil
		}
	}
	return data.Null, nil
}

const upperHex = "0123456789ABCDEF"

// encodeParam encodes as HTML forms do.
func encodeParam(env *Env, s string) string {
	out := buffer(env, 3*len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case alphanumeric(c) || strings.IndexByte(".-*_", c) >= 0:
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return text(out)
}

// alphanumeric reports whether c is a letter or digit of ASCII.
func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
