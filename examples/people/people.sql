-- A JSON topic as typed rows: the tutorial in one file.
--
--   go run ./cmd/ksqlite -f examples/people/people.sql
--
-- With --bootstrap-server it reads the topic that examples/people/produce has
-- filled there. If there is none, as on the embedded broker, the topic is made
-- and filled first.

--@if.topic.missing: fake_people
RUN SCRIPT 'fake_people.sql';

SET 'auto.offset.reset' = 'earliest';

CREATE STREAM IF NOT EXISTS my_stream (id STRING, name STRING, title STRING)
  WITH (kafka_topic='fake_people', value_format='JSON');

-- Everything that is in the topic now. The query ends by itself.
SELECT * FROM my_stream;

-- The team leads as they come. The query goes on for ever but for its LIMIT.
SELECT name, title FROM my_stream WHERE title = 'Team Lead' EMIT CHANGES LIMIT 10;
