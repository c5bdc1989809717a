package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/network"
)

// cluster is what a server tells about its cluster.
type cluster struct {
	id      string
	brokers []node
}

// node is a broker and where it says that it is.
type node struct {
	id      int32
	address string
}

// client makes a client that asks a server once.
func (e *examination) client(server string, options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(slices.Concat(e.way.Options(e.Config.Logger), options, []kgo.Opt{
		kgo.SeedBrokers(server), kgo.RequestRetries(0), kgo.RequestTimeoutOverhead(max(e.patience(), minTimeout)),
	})...)
}

// metadata logs in, where that is set, and asks for the brokers.
func (e *examination) metadata(ctx context.Context, server string) (cluster, error) {
	bounded, cancel := e.bounded(ctx)
	defer cancel()
	c, err := e.client(server, e.way.LoginOptions()...)
	if err != nil {
		return cluster{}, err
	}
	defer c.Close()
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	answer, err := ask[*kmsg.MetadataResponse](bounded, c, request)
	if err != nil {
		return cluster{}, e.loginFault(ctx, server, err)
	}
	var found cluster
	if answer.ClusterID != nil {
		found.id = *answer.ClusterID
	}
	for _, b := range answer.Brokers {
		found.brokers = append(found.brokers, node{b.NodeID, net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port)))})
	}
	slices.SortFunc(found.brokers, func(a, b node) int { return int(a.id - b.id) })
	return found, nil
}

// ask sends a request to the server of a client, and no other broker.
func ask[Answer kmsg.Response](ctx context.Context, c *kgo.Client, request kmsg.Request) (Answer, error) {
	var none Answer
	response, err := c.SeedBrokers()[0].Request(ctx, request)
	if err != nil {
		return none, err
	}
	answer, ok := response.(Answer)
	if !ok {
		return none, fmt.Errorf("answer of an unexpected kind %T", response)
	}
	return answer, nil
}

// loginFault says why a server that speaks Kafka does not answer this client.
func (e *examination) loginFault(ctx context.Context, server string, err error) *FaultError {
	if fault := e.tokenFault(err); fault != nil {
		return fault
	}
	if fault := e.alertFault(server, err); fault != nil {
		return fault
	}
	login := e.way.Login()
	if login == nil {
		if offered := e.offered(ctx, server, "?"); len(offered) > 0 || hungUpOn(err) {
			return faultf(err, "set security.protocol to "+e.protocol(e.way.Encrypted(), true)+", sasl.mechanism and sasl.jaas.config",
				"%s expects a log-in%s, and security.protocol is %s", server, by(offered), e.way.Protocol())
		}
		return faultf(err, "look into the broker's log for the reason", "%s does not answer a request for metadata: %v", server, err)
	}
	refused := errors.Is(err, kerr.SaslAuthenticationFailed) || errors.Is(err, broker.ErrAuthentication)
	switch {
	case errors.Is(err, kerr.IllegalSaslState), !refused && e.open(ctx, server):
		return faultf(err, "set security.protocol to "+e.protocol(e.way.Encrypted(), false)+", or name the port of the broker with SASL",
			"%s expects no log-in, and security.protocol is %s", server, e.way.Protocol())
	case errors.Is(err, kerr.UnsupportedSaslMechanism):
		return faultf(err, "set sasl.mechanism to one that it knows, with the login module that goes with it",
			"%s knows no log-in by %s%s", server, login.Name, only(e.offered(ctx, server, login.Mechanism.Name())))
	case refused, hungUpOn(err):
		return e.refusalFault(server, err)
	case network.TimedOut(err):
		return silentFault(server, e.patience(), err)
	}
	return faultf(err, "look into the broker's log for the reason", "the log-in of %s by %s fails at %s: %v", e.way.Principal(), login.Name, server, err)
}

// refusalFault is about credentials that a server does not accept.
func (e *examination) refusalFault(server string, err error) *FaultError {
	login := e.way.Login()
	change := "check " + login.Account
	switch login.Name {
	case credentials.ScramSHA256, credentials.ScramSHA512:
		change += ", and that the user was created for " + login.Name
	case credentials.OAuthBearer:
		change = "check that the broker trusts the issuer of the token, its audience and its scope, and both clocks"
	case credentials.AWSMSKIAM:
		change = "check that the keys are of the right account, and that its policy allows kafka-cluster:Connect"
	}
	return faultf(err, change, "%s refuses the log-in of %s by %s", server, e.way.Principal(), login.Name)
}

// tokenFault is about credentials that had to be fetched from elsewhere, nil otherwise.
func (e *examination) tokenFault(err error) *FaultError {
	if endpoint, ok := errors.AsType[*credentials.EndpointError](err); ok {
		change := "correct sasl.oauthbearer.token.endpoint.url, or the way from this machine to it"
		if endpoint.Status != "" {
			change = "check clientId, clientSecret and scope in sasl.jaas.config, and sasl.oauthbearer.token.endpoint.url"
			return faultf(err, change, "the token endpoint %s answers %s to client %q", endpoint.URL, endpoint.Status, endpoint.Client)
		}
		return faultf(err, change, "%v", endpoint)
	}
	if source, ok := errors.AsType[*credentials.SourceError](err); ok {
		return faultf(err, source.Change, "%v", source)
	}
	return nil
}

// offered are the mechanisms that a server knows, as far as it tells: it does so when
// it is asked for one that it does not know.
func (e *examination) offered(ctx context.Context, server, unknown string) []string {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	c, err := e.client(server)
	if err != nil {
		return nil
	}
	defer c.Close()
	request := kmsg.NewPtrSASLHandshakeRequest()
	request.Mechanism = unknown
	answer, err := ask[*kmsg.SASLHandshakeResponse](ctx, c, request)
	if err != nil {
		return nil
	}
	return answer.SupportedMechanisms
}

// open reports whether a server answers without a log-in.
func (e *examination) open(ctx context.Context, server string) bool {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	c, err := e.client(server)
	if err != nil {
		return false
	}
	defer c.Close()
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	_, err = ask[*kmsg.MetadataResponse](ctx, c, request)
	return err == nil
}

// by lists the mechanisms by which one can log in, as far as they are known.
func by(mechanisms []string) string {
	if len(mechanisms) == 0 {
		return ""
	}
	slices.Sort(mechanisms)
	return " by " + strings.Join(mechanisms, ", ")
}

// only lists the mechanisms that there are instead.
func only(mechanisms []string) string {
	if len(mechanisms) == 0 {
		return ""
	}
	return ", only" + by(mechanisms)
}

// hungUpOn reports whether a server has closed the connection on a request of a client.
func hungUpOn(err error) bool {
	_, first := errors.AsType[*kgo.ErrFirstReadEOF](err)
	return first || hungUp(err)
}
