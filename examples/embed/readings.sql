-- What the program in this folder does, as a script.
SET 'auto.offset.reset' = 'earliest';
CREATE STREAM readings (sensor STRING KEY, celsius DOUBLE)
  WITH (kafka_topic='readings', value_format='JSON', partitions=1);
INSERT INTO readings VALUES ('cellar', 11.5);
INSERT INTO readings VALUES ('attic',  34.0);
INSERT INTO readings VALUES ('attic',  36.5);
INSERT INTO readings VALUES ('garden', 31.0);
SELECT sensor, celsius * 9 / 5 + 32 AS fahrenheit FROM readings WHERE celsius > 30 EMIT CHANGES LIMIT 3;
