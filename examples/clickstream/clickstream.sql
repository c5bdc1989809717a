-- A clickstream: who looks at which page, enriched with what is known about the
-- users, and counted in windows of a minute.
--
--   go run ./cmd/ksqlite -f examples/clickstream/clickstream.sql
--
-- The times are those of the records, so the result is the same each time it is run.
-- In the shell, RUN SCRIPT 'examples/clickstream/clickstream.sql'; and then
--
--   SET CLI LIVE ON BY views DESC
--   SELECT page, COUNT(*) AS views FROM views_of_users GROUP BY page EMIT CHANGES;
--
-- shows the top pages in place.

SET 'auto.offset.reset' = 'earliest';

-- A persistent query that remembers something, as a join does, shows its results when it
-- commits them. Once in two seconds is the default; who looks on likes it faster.
SET 'commit.interval.ms' = '100';

CREATE TABLE users (id STRING PRIMARY KEY, name STRING, city STRING)
  WITH (kafka_topic='users', value_format='JSON', partitions=1);

CREATE STREAM page_views (user_id STRING KEY, page STRING, millis INT, seen TIMESTAMP)
  WITH (kafka_topic='page_views', value_format='JSON', partitions=1, timestamp='seen');

INSERT INTO users (rowtime, id, name, city) VALUES (0, 'u1', 'Ada', 'London');
INSERT INTO users (rowtime, id, name, city) VALUES (0, 'u2', 'Grace', 'Arlington');
INSERT INTO users (rowtime, id, name, city) VALUES (0, 'u3', 'Edsger', 'Nuenen');

INSERT INTO page_views VALUES ('u1', '/home',    1200, '2026-05-01T08:00:05');
INSERT INTO page_views VALUES ('u2', '/home',     800, '2026-05-01T08:00:10');
INSERT INTO page_views VALUES ('u1', '/pricing', 9500, '2026-05-01T08:00:20');
INSERT INTO page_views VALUES ('u9', '/home',     100, '2026-05-01T08:00:25');
INSERT INTO page_views VALUES ('u3', '/docs',   31000, '2026-05-01T08:00:40');
INSERT INTO page_views VALUES ('u2', '/docs',   12500, '2026-05-01T08:00:50');
INSERT INTO page_views VALUES ('u1', '/docs',    4000, '2026-05-01T08:01:02');
INSERT INTO page_views VALUES ('u3', '/docs',    7000, '2026-05-01T08:01:15');
INSERT INTO page_views VALUES ('u2', '/pricing', 2500, '2026-05-01T08:01:30');
INSERT INTO page_views VALUES ('u1', '/docs',    3000, '2026-05-01T08:01:45');
INSERT INTO page_views VALUES ('u3', '/home',     900, '2026-05-01T08:02:10');

-- Each view with the name and the city of whoever looked. u9 is nobody we know: an
-- INNER JOIN leaves it out.
CREATE STREAM views_of_users WITH (kafka_topic='views_of_users') AS
  SELECT v.user_id AS user_id, u.name AS name, u.city AS city, v.page AS page, v.millis AS millis
  FROM page_views v
  JOIN users u ON v.user_id = u.id
  EMIT CHANGES;

SELECT name, city, page, millis FROM views_of_users EMIT CHANGES LIMIT 10;

-- How often each page was looked at in each minute, and by how many. EMIT FINAL tells a
-- window when it is over: the view at 08:02:10 ends the first two.
SELECT page, FROM_UNIXTIME(WINDOWSTART) AS minute, COUNT(*) AS views, COUNT_DISTINCT(name) AS users
  FROM views_of_users
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS)
  GROUP BY page
  EMIT FINAL LIMIT 5;

-- The top pages so far: the three longest looks at each.
SELECT page, COUNT(*) AS views, TOPK(millis, 3) AS longest
  FROM views_of_users
  GROUP BY page
  HAVING COUNT(*) > 2
  EMIT CHANGES LIMIT 4;
