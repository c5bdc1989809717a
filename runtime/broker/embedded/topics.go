package embedded

import (
	"regexp"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// This file steps in where kfake handles topics unlike Apache Kafka: it takes
// any name and any number of partitions, and forgets a topic that a producer
// created by writing to it when the process is killed.

// maxPartitions is what one topic may have; each costs memory and files.
const maxPartitions = 10_000

// partitionsLimit tells what follows from maxPartitions.
var partitionsLimit = "a topic of the embedded broker has from 1 to " + display.Count(maxPartitions)

// topicName is what Apache Kafka accepts as a name, but for "." and "..".
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

// topicFault is the protocol's error for a name or a number of partitions,
// 0 for none.
func topicFault(name string, partitions int32) int16 {
	switch {
	case name == "." || name == ".." || !topicName.MatchString(name):
		return kerr.InvalidTopicException.Code
	case partitions > maxPartitions || partitions == 0 || partitions < -1:
		return kerr.InvalidPartitions.Code
	}
	return 0
}

// control has kfake call fn before it handles a request of a kind. Each call
// installs the next: kfake remembers every connection a control function has
// seen, for as long as that function is installed.
func control(c *kfake.Cluster, key kmsg.Key, fn func(kmsg.Request) (kmsg.Response, bool)) {
	c.ControlKey(int16(key), func(q kmsg.Request) (kmsg.Response, error, bool) {
		c.DropControl()
		control(c, key, fn)
		response, handled := fn(q)
		return response, nil, handled
	})
}

// installControls makes kfake's topics behave.
func installControls(c *kfake.Cluster) {
	control(c, kmsg.CreateTopics, checkCreateTopics)
	control(c, kmsg.CreatePartitions, checkCreatePartitions)
	control(c, kmsg.Metadata, func(q kmsg.Request) (kmsg.Response, bool) {
		if request, ok := q.(*kmsg.MetadataRequest); ok {
			refuseInvalid(c, request)
			createMissing(c, request)
		}
		return nil, false
	})
}

// checkCreateTopics refuses a request with a topic Apache Kafka would refuse.
func checkCreateTopics(q kmsg.Request) (kmsg.Response, bool) {
	request, ok := q.(*kmsg.CreateTopicsRequest)
	if !ok {
		return nil, false
	}
	response, _ := request.ResponseKind().(*kmsg.CreateTopicsResponse)
	refused := false
	for _, t := range request.Topics {
		answer := kmsg.NewCreateTopicsResponseTopic()
		answer.Topic, answer.ErrorCode = t.Topic, topicFault(t.Topic, t.NumPartitions)
		refused = refused || answer.ErrorCode != 0
		switch answer.ErrorCode {
		case 0:
			answer.ErrorCode = kerr.InvalidRequest.Code // for a neighbour's fault
		case kerr.InvalidPartitions.Code:
			answer.ErrorMessage = &partitionsLimit
		}
		response.Topics = append(response.Topics, answer)
	}
	for i := range request.Topics {
		keepCompacted(&request.Topics[i])
	}
	return response, refused
}

// keepCompacted keeps the records of a compacted topic for good, where its
// creator does not say otherwise: Apache Kafka does, kfake gives it the seven
// days of other topics.
func keepCompacted(t *kmsg.CreateTopicsRequestTopic) {
	compacted := false
	for _, c := range t.Configs {
		switch {
		case c.Name == "retention.ms":
			return
		case c.Name == "cleanup.policy" && c.Value != nil:
			compacted = *c.Value == "compact"
		}
	}
	if compacted {
		forever := "-1"
		t.Configs = append(t.Configs, kmsg.CreateTopicsRequestTopicConfig{Name: "retention.ms", Value: &forever})
	}
}

// checkCreatePartitions does the same for the request to add partitions.
func checkCreatePartitions(q kmsg.Request) (kmsg.Response, bool) {
	request, ok := q.(*kmsg.CreatePartitionsRequest)
	if !ok {
		return nil, false
	}
	response, _ := request.ResponseKind().(*kmsg.CreatePartitionsResponse)
	refused := false
	for _, t := range request.Topics {
		answer := kmsg.NewCreatePartitionsResponseTopic()
		answer.Topic, answer.ErrorCode = t.Topic, kerr.InvalidPartitions.Code
		if t.Count > maxPartitions {
			answer.ErrorMessage, refused = &partitionsLimit, true
		}
		response.Topics = append(response.Topics, answer)
	}
	return response, refused
}

// refuseInvalid has kfake answer for a name Apache Kafka does not accept that it
// is none: told that there is no such topic, clients would wait for it.
func refuseInvalid(c *kfake.Cluster, request *kmsg.MetadataRequest) {
	for _, t := range request.Topics {
		if t.Topic == nil || *t.Topic == "" || topicFault(*t.Topic, -1) == 0 {
			continue
		}
		c.Fault(kfake.Fault{
			Keys: []kmsg.Key{kmsg.Metadata}, Topic: *t.Topic, Err: kerr.InvalidTopicException,
			When: func(q kmsg.Request) bool { return q == request },
		})
	}
}

// createMissing creates the topics a client asks about in order to write to
// them, the way a request to create them does: kfake would not put them on
// disk before it is closed.
func createMissing(c *kfake.Cluster, request *kmsg.MetadataRequest) {
	if !request.AllowAutoTopicCreation {
		return
	}
	for _, t := range request.Topics {
		if t.Topic == nil || topicFault(*t.Topic, -1) != 0 || c.TopicInfo(*t.Topic) != nil {
			continue
		}
		// What goes wrong, such as another client being faster, shows in
		// the answer to the request.
		_ = c.CreateTopic(*t.Topic, -1, nil)
	}
}
