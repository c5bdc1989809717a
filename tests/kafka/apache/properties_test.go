package apache

import (
	"strings"
	"testing"
)

// Each listener must be bound, advertised, mapped to its protocol and, where
// it needs them, given its certificates and its users.
func TestServerPropertiesOpenEveryListener(t *testing.T) {
	t.Parallel()
	o := Options{
		Listeners:  []Listener{SASLPlaintext, TLS, SASLTLS, MutualTLS},
		Properties: map[string]string{"num.partitions": "4", "num.io.threads": "1"},
	}
	ports := map[Listener]int{
		controllerListener: 20000, Plaintext: 20001, SASLPlaintext: 20002, TLS: 20003, SASLTLS: 20004, MutualTLS: 20005,
	}
	got := serverProperties(o, ports, Certificates{Authority: "ca.pem", Server: "server.pem"})
	for name, want := range map[string]string{
		"advertised.listeners": "PLAINTEXT://127.0.0.1:20001,SASL_PLAINTEXT://127.0.0.1:20002,SSL://127.0.0.1:20003," +
			"SASL_SSL://127.0.0.1:20004,MUTUAL_SSL://127.0.0.1:20005",
		"controller.quorum.voters":                      "1@127.0.0.1:20000",
		"listener.security.protocol.map":                "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,MUTUAL_SSL:SSL,CONTROLLER:PLAINTEXT",
		"listener.name.sasl_ssl.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="alice-secret";`,
		"listener.name.ssl.ssl.keystore.location":       "server.pem",
		"listener.name.ssl.ssl.client.auth":             "",
		"listener.name.mutual_ssl.ssl.client.auth":      "required",
		"num.partitions":                                "4",
		"num.io.threads":                                "1",
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if !strings.HasSuffix(got["listeners"], ",CONTROLLER://127.0.0.1:20000") {
		t.Errorf("listeners: got %q", got["listeners"])
	}
}

func TestFormatPropertiesIsSortedAndEscaped(t *testing.T) {
	t.Parallel()
	got := string(formatProperties(map[string]string{"b": `C:\data`, "a": "1"}))
	if want := "a=1\nb=C:\\\\data\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
