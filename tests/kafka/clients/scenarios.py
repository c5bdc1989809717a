"""What a Python program asks of its Kafka, one function a scenario.

Without arguments the scenarios are listed. With SCENARIO BOOTSTRAP TOPIC that
one is run against the broker at BOOTSTRAP, on topics and groups whose names
begin with TOPIC; an exception is its failure.
"""

import sys
import time

from confluent_kafka import (
    Consumer, KafkaError, KafkaException, OFFSET_BEGINNING, Producer, TopicPartition,
)
from confluent_kafka.admin import AdminClient, NewTopic

PATIENCE = 60  # seconds that anything may take


def create_topic_twice(bootstrap, topic):
    create_topic(bootstrap, topic)
    try:
        create_topic(bootstrap, topic)
    except KafkaException as e:
        expect(e.args[0].code(), KafkaError.TOPIC_ALREADY_EXISTS)
    else:
        raise AssertionError("the topic could be created twice")


def topic_made_by_writing(bootstrap, topic):
    producer = Producer({"bootstrap.servers": bootstrap})
    produce(producer, topic, ["hello"])
    expect(read_values(bootstrap, topic, 1), ["hello"])


def keys_headers_and_tombstones(bootstrap, topic):
    create_topic(bootstrap, topic)
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce(topic, key="zoë", value="🚀", headers={"origin": b"python", "none": None}, timestamp=1234567890123)
    producer.produce(topic, key="gone", value=None)
    flush(producer)
    first, second = read(bootstrap, topic, 2)
    expect((first.key().decode(), first.value().decode()), ("zoë", "🚀"))
    expect(first.headers(), [("origin", b"python"), ("none", None)])
    expect(first.timestamp()[1], 1234567890123)
    expect((second.key(), second.value()), (b"gone", None))


def every_compression(bootstrap, topic):
    create_topic(bootstrap, topic)
    want = []
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
        producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 50})
        values = ["%s says the same thing %d times" % (codec, i) for i in range(100)]
        produce(producer, topic, values)
        want += values
    expect(read_values(bootstrap, topic, len(want)), want)


def large_record(bootstrap, topic):
    create_topic(bootstrap, topic)
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})
    produce(producer, topic, ["x" * 999_000, "y"])
    expect([len(v) for v in read_values(bootstrap, topic, 2)], [999_000, 1])


def transactions(bootstrap, topic):
    create_topic(bootstrap, topic)
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": topic})
    producer.init_transactions(PATIENCE)
    for value, end in [("aborted", producer.abort_transaction), ("committed", producer.commit_transaction)]:
        producer.begin_transaction()
        produce(producer, topic, [value])
        end(PATIENCE)
    expect(read_values(bootstrap, topic, 1), ["committed"])
    expect(read_values(bootstrap, topic, 2, isolation="read_uncommitted"), ["aborted", "committed"])


def group_commits(bootstrap, topic):
    create_topic(bootstrap, topic)
    produce(Producer({"bootstrap.servers": bootstrap}), topic, ["one", "two", "three"])
    for want in ["one", "two", "three"]:
        consumer = member(bootstrap, topic)
        message = poll(consumer, [])
        expect(message.value().decode(), want)
        consumer.commit(message, asynchronous=False)
        consumer.close()


def group_rebalances(bootstrap, topic):
    create_topic(bootstrap, topic, partitions=4)
    first = member(bootstrap, topic)
    await_assignment([first], [4])
    second = member(bootstrap, topic)
    await_assignment([first, second], [2, 2])
    second.close()
    await_assignment([first], [4])
    first.close()


def cooperative_group_rebalances(bootstrap, topic):
    create_topic(bootstrap, topic, partitions=4)
    sticky = {"partition.assignment.strategy": "cooperative-sticky"}
    first = member(bootstrap, topic, **sticky)
    await_assignment([first], [4])
    second = member(bootstrap, topic, **sticky)
    await_assignment([first, second], [2, 2])
    second.close()
    await_assignment([first], [4])
    first.close()


def expect(got, want):
    assert got == want, "got %r, want %r" % (got, want)


def create_topic(bootstrap, topic, partitions=1):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    made = admin.create_topics([NewTopic(topic, partitions, 1)], operation_timeout=PATIENCE)
    made[topic].result(PATIENCE)


def produce(producer, topic, values):
    failures = []
    for value in values:
        producer.produce(topic, value, callback=lambda error, _: failures.append(error) if error else None)
    flush(producer)
    expect(failures, [])


def flush(producer):
    expect(producer.flush(PATIENCE), 0)


def read(bootstrap, topic, n, isolation="read_committed"):
    """Returns the first n messages of partition 0, without joining a group."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": topic + ".reader",
        "enable.auto.commit": False, "isolation.level": isolation,
    })
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    messages = [poll(consumer, []) for _ in range(n)]
    consumer.close()
    return messages


def read_values(bootstrap, topic, n, **settings):
    return [m.value().decode() for m in read(bootstrap, topic, n, **settings)]


def member(bootstrap, topic, **settings):
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": topic + ".group", "session.timeout.ms": 6000,
        "heartbeat.interval.ms": 200, "auto.offset.reset": "earliest", "enable.auto.commit": False, **settings,
    })
    consumer.subscribe([topic])
    return consumer


def poll(consumer, others):
    """Returns the consumer's next message, while others keep up with their group."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for other in others:
            other.poll(0)
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        return message
    raise AssertionError("no message within %d s" % PATIENCE)


def await_assignment(consumers, want):
    """Polls the consumers until they hold as many partitions as wanted."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for consumer in consumers:
            consumer.poll(0.05)
        got = [len(c.assignment()) for c in consumers]
        if got == want:
            return
    raise AssertionError("got %r partitions, want %r" % (got, want))


SCENARIOS = [
    create_topic_twice, topic_made_by_writing, keys_headers_and_tombstones, every_compression, large_record,
    transactions, group_commits, group_rebalances, cooperative_group_rebalances,
]

if __name__ == "__main__":
    if len(sys.argv) == 1:
        print("\n".join(s.__name__ for s in SCENARIOS))
    else:
        {s.__name__: s for s in SCENARIOS}[sys.argv[1]](*sys.argv[2:])
