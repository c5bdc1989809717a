package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestServeRegistry holds that schemas registered over HTTP are there again.
func TestServeRegistry(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"[]\n", "[\"s\"]\n"} {
		address := freeAddress(t)
		r, err := serveRegistry(t.Context(), io.Discard, address, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := request(t, http.MethodGet, "http://"+address+"/subjects", ""); got != want {
			t.Errorf("the subjects are %s", got)
		}
		request(t, http.MethodPost, "http://"+address+"/subjects/s/versions", `{"schema":"\"int\""}`)
		if _, err := serveRegistry(t.Context(), io.Discard, address, t.TempDir()); err == nil {
			t.Error("an address is served twice")
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := serveRegistry(t.Context(), io.Discard, "", dir); r != nil || err != nil || r.Close() != nil {
		t.Errorf("no address gives %v, %v", r, err)
	}
}

// freeAddress returns an address that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func request(t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
