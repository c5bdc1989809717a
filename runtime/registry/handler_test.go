package registry

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHandler is a talk with the handler: each line is a request and what has to be
// in its answer.
func TestHandler(t *testing.T) {
	t.Parallel()
	h := NewHandler(&Memory{})
	record := func(fields string) string {
		return `{"schema":"` + strings.ReplaceAll(`{"type":"record","name":"R","fields":[`+fields+`]}`, `"`, `\"`) + `"}`
	}
	a, b := `{"name":"a","type":"int"}`, `{"name":"b","type":"int"}`
	withDefault := `{"name":"b","type":"int","default":0}`
	for i, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/subjects", "", 200, `[]`},
		{"GET", "/subjects/s/versions", "", 404, `{"error_code":40401,"message":"Subject 's' not found."}`},
		{"POST", "/subjects/s/versions", record(a), 200, `{"id":1}`},
		{"POST", "/subjects/s/versions", record(a), 200, `{"id":1}`},
		{"POST", "/subjects/s/versions", record(a + "," + b), 409, `"error_code":409`}, // b has no value in older records
		{"POST", "/compatibility/subjects/s/versions/latest", record(a + "," + b), 200, `"is_compatible":false`},
		{"POST", "/compatibility/subjects/s/versions/latest", record(a + "," + withDefault), 200, `"is_compatible":true`},
		{"POST", "/subjects/s/versions", record(a + "," + withDefault), 200, `{"id":2}`},
		{"GET", "/subjects/s/versions", "", 200, `[1,2]`},
		{"GET", "/subjects/s/versions/latest", "", 200, `"version":2,"id":2`},
		{"GET", "/subjects/s/versions/9", "", 404, `40402`},
		{"GET", "/schemas/ids/1", "", 200, `{"schema":"{\"type\"`},
		{"GET", "/schemas/ids/9", "", 404, `40403`},
		{"POST", "/subjects/s", record(a), 200, `"version":1,"id":1`},
		{"POST", "/subjects/s", record(b), 404, `40403`},
		{"PUT", "/config/s", `{"compatibility":"FORWARD"}`, 200, `FORWARD`},
		{"GET", "/config/s", "", 200, `{"compatibilityLevel":"FORWARD"}`},
		{"GET", "/config", "", 200, `{"compatibilityLevel":"BACKWARD"}`},
		{"PUT", "/config", `{"compatibility":"SOMETIMES"}`, 422, `42203`},
		{"POST", "/subjects/s/versions", record(a + "," + b), 200, `{"id":3}`}, // older readers pass over b
		{"POST", "/subjects/s/versions", record(b), 409, `409`},
		{"PUT", "/config/s", `{"compatibility":"NONE"}`, 200, `NONE`},
		{"POST", "/subjects/s/versions", record(b), 200, `{"id":4}`},
		{"POST", "/subjects/s/versions", `{"schema":"{"}`, 422, `42201`},
		{"POST", "/subjects/s/versions", `nonsense`, 422, `42201`},
		{"POST", "/subjects/j/versions", `{"schemaType":"JSON","schema":"{}"}`, 200, `{"id":5}`},
		{"GET", "/schemas/ids/5", "", 200, `{"schemaType":"JSON","schema":"{}"}`},
		{"DELETE", "/subjects/s", "", 200, `[1,2,3,4]`},
		{"GET", "/subjects", "", 200, `["j"]`},
		{"GET", "/schemas/types", "", 200, `["JSON","PROTOBUF","AVRO"]`},
		{"GET", "/nonsense", "", 404, ``},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), c.method, c.path, strings.NewReader(c.body)))
		answer, err := io.ReadAll(w.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || !strings.Contains(string(answer), c.want) {
			t.Errorf("%d: %s %s: %d %s, want %d %s", i, c.method, c.path, w.Code, answer, c.status, c.want)
		}
	}
}
