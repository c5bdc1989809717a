-- Readings of thermometers, and those that somebody has to look at. This is the
-- script that runs in production; alerts_test.sql tests it as it is.

CREATE STREAM readings (
    sensor  STRING KEY,
    celsius DECIMAL(4, 1),
    seen    TIMESTAMP
  ) WITH (kafka_topic='readings', value_format='AVRO', timestamp='seen', partitions=4);

CREATE STREAM alerts AS
  SELECT sensor, CAST(celsius * 9 / 5 + 32 AS DECIMAL(5, 1)) AS fahrenheit
  FROM readings
  WHERE celsius > 30;
