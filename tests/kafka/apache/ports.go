package apache

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are taken from below the range that systems give to outgoing
// connections: while a server is down for a restart, no client's connection
// can come to sit on its port, nor a client reach itself there.
const (
	firstPort = 20000
	lastPort  = 29999
)

// address is a port on the loopback interface.
func address(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// freePorts finds a free port for each listener and one for the controller.
// Another process may take one before Kafka does; Start then tries anew.
func freePorts(listeners []Listener) (map[Listener]int, error) {
	ports := make(map[Listener]int)
	taken := make(map[int]bool)
	for _, l := range append([]Listener{controllerListener}, listeners...) {
		port, err := freePort(taken)
		if err != nil {
			return nil, err
		}
		ports[l], taken[port] = port, true
	}
	return ports, nil
}

// freePort finds a port that nobody listens on and that is not taken.
func freePort(taken map[int]bool) (int, error) {
	for range 1000 {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		if taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", address(port))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, errors.New("finding a free port: a thousand tries found none")
}
