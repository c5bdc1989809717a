package functions

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// uri is the parts of a URI as Java's java.net.URI, which follows RFC 2396,
// sees them. Path, query and fragment are as written, with their escapes.
type uri struct {
	scheme, host, path, query, fragment string
	port                                int32 // -1 if there is none
	hasQuery, hasFragment               bool
	opaque                              bool // a scheme and something that is no path, such as mailto:a@b
}

// parseURI takes a URI apart. A character that a URI cannot have is an error;
// one outside of ASCII can be.
func parseURI(s string) (uri, error) {
	if i := illegalInURI(s); i >= 0 {
		return uri{}, fmt.Errorf("not a URL, at index %d: %s", i, strings.ToValidUTF8(s, "?"))
	}
	u := uri{port: -1}
	s, u.fragment, u.hasFragment = strings.Cut(s, "#")
	if i := strings.IndexAny(s, ":/?"); i >= 0 && s[i] == ':' {
		if i == 0 || !schemeLike(s[:i]) || i+1 == len(s) {
			return uri{}, fmt.Errorf("not a URL, at its scheme: %s", s)
		}
		u.scheme, s = s[:i], s[i+1:]
		if s[0] != '/' {
			u.opaque = true
			return u, nil
		}
	}
	s, u.query, u.hasQuery = strings.Cut(s, "?")
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			i = len(rest)
		}
		u.setAuthority(rest[:i])
		s = rest[i:]
	}
	u.path = s
	return u, nil
}

// schemeLike reports whether s is a letter followed by letters, digits and + - or points.
func schemeLike(s string) bool {
	for i := range len(s) {
		if !alphanumeric(s[i]) && (i == 0 || strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s[0] > '9'
}

// setAuthority notes host and port. An authority that is not of the form
// user@host:port has neither.
func (u *uri) setAuthority(authority string) {
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	port := int32(-1)
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		if host[i+1:] != "" {
			n, err := strconv.ParseInt(host[i+1:], 10, 32)
			if err != nil || n < 0 {
				return
			}
			port = int32(n)
		}
		host = host[:i]
	}
	if hostLike(host) {
		u.host, u.port = host, port
	}
}

// hostLike reports whether s is an IPv6 address in brackets, or names of
// letters, digits and inner hyphens with points between them, the last of
// which starts with a letter unless all is an IPv4 address.
func hostLike(s string) bool {
	if strings.HasPrefix(s, "[") {
		address, err := netip.ParseAddr(strings.Trim(s, "[]"))
		return err == nil && address.Is6() && strings.HasSuffix(s, "]")
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for i := range len(label) {
			if !alphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return labels[len(labels)-1][0] > '9'
}

// illegalInURI returns the index of the first character that a URI cannot have, or -1.
func illegalInURI(s string) int {
	hash := false
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c == 0x7f || strings.IndexByte("<>\"{}|\\^`", c) >= 0:
			return i
		case c == '%' && !escape(s[i:]), c == '#' && hash:
			return i
		case c == '#':
			hash = true
		}
	}
	return -1
}

// escape reports whether s starts with % and two hexadecimal digits.
func escape(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, err := strconv.ParseUint(s[1:3], 16, 8)
	return err == nil
}

// unescape decodes %XX; what is not UTF-8 becomes U+FFFD.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out, err := url.PathUnescape(s)
	if err != nil {
		return s
	}
	return validText([]byte(out))
}
