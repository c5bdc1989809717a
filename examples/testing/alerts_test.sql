-- Tests of alerts.sql:
--
--   go run ./cmd/ksqlite test examples/testing

--@test: a warm reading is an alert, in Fahrenheit and at its own time
RUN SCRIPT 'alerts.sql';
INSERT INTO readings VALUES ('cellar', 11.5, '2026-05-01T08:00:00');
INSERT INTO readings VALUES ('attic', 36.5, '2026-05-01T08:00:10');
ASSERT VALUES alerts (ROWTIME, sensor, fahrenheit) VALUES (1777622410000, 'attic', 97.7);

--@test: a reading without a temperature is none
RUN SCRIPT 'alerts.sql';
INSERT INTO readings (sensor, seen) VALUES ('cellar', '2026-05-01T08:00:00');
INSERT INTO readings VALUES ('attic', 30.1, '2026-05-01T08:00:10');
ASSERT VALUES alerts (sensor) VALUES ('attic');

--@test: alerts are declared as their readers expect them
RUN SCRIPT 'alerts.sql';
ASSERT STREAM alerts (sensor STRING KEY, fahrenheit DECIMAL(5, 1)) WITH (kafka_topic='ALERTS', value_format='AVRO');

--@test: a temperature is a number
--@expected.error: KsqlException
--@expected.message: Expected type DECIMAL(4, 1)
RUN SCRIPT 'alerts.sql';
INSERT INTO readings VALUES ('attic', TRUE, '2026-05-01T08:00:00');
