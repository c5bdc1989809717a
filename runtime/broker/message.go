package broker

import "github.com/ksqlite/ksqlite/runtime/data"

// AnyPartition as the partition of a message to be produced leaves the choice
// to the partitioner: Java's murmur2 over the key, or any partition when there
// is no key.
const AnyPartition int32 = -1

// NotWritten is the offset of a message that was to be produced and was not.
const NotWritten int64 = -1

// Message is one record of a topic, as read or as to be written.
//
// A nil Key or Value is Kafka's null; an empty one is not null.
type Message struct {
	Key, Value []byte
	Headers    []Header
	// Offset is the position in the partition. Produce sets it.
	Offset int64
	// Time is the record's timestamp in milliseconds since 1970: what the
	// producer gave, or the broker's time where the topic says
	// message.timestamp.type=LogAppendTime. Produce writes it as it stands.
	Time int64
	// Partition is where the record lies, or is to go (see AnyPartition).
	// Produce sets it.
	Partition int32
}

// overhead is what a message costs besides its key and value, in bytes.
const overhead = 100

// Size is about how many bytes the message takes in memory, its headers excepted.
func (m *Message) Size() int { return overhead + len(m.Key) + len(m.Value) }

// Header is one header of a message. A nil Value is Kafka's null. Keys may
// repeat.
type Header = data.Header
