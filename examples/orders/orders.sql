-- Nested JSON, numbers and keys: rows with a STRUCT, an ARRAY and a MAP, exact
-- and floating numbers, and what can be computed from them.
--
--   go run ./cmd/ksqlite -f examples/orders/orders.sql

SET 'auto.offset.reset' = 'earliest';

CREATE TYPE address AS STRUCT<street STRING, city STRING, zip STRING, lat DOUBLE, lon DOUBLE>;

CREATE STREAM orders (
    order_id  BIGINT KEY,
    customer  STRING,
    placed_at TIMESTAMP,
    quantity  INT,
    price     DECIMAL(9, 2),
    express   BOOLEAN,
    ship_to   address,
    tags      ARRAY<STRING>,
    notes     MAP<STRING, STRING>
  ) WITH (kafka_topic='orders', value_format='JSON', partitions=4);

INSERT INTO orders VALUES (1001, 'ada', '2026-03-01T09:00:00.000', 2, 19.90, TRUE,
  STRUCT(street := '12 Analytical Row', city := 'London', zip := 'W1', lat := 51.51E0, lon := -0.13E0),
  ARRAY['book', 'gift'], MAP('wrap' := 'paper', 'card' := 'yes'));
INSERT INTO orders VALUES (1002, 'grace', '2026-03-01T09:01:30.000', 1, 249.00, FALSE,
  STRUCT(street := '1 Navy Yard', city := 'Arlington', zip := '22202', lat := 38.87E0, lon := -77.05E0),
  ARRAY['compiler'], MAP('dock' := '7'));
INSERT INTO orders VALUES (1003, 'edsger', '2026-03-01T09:02:10.000', 12, 3.75, FALSE,
  STRUCT(street := 'Plantage 5', city := 'Nuenen', zip := '5671', lat := 51.47E0, lon := 5.55E0),
  ARRAY['ink', 'paper', 'stamps'], NULL);
INSERT INTO orders (order_id, customer, quantity, price) VALUES (1004, 'alan', 3, 99.99);

-- Exact arithmetic, nested fields, elements and entries; NULL where there is nothing.
SELECT order_id,
       UCASE(customer) AS customer,
       quantity * price AS total,
       ship_to->city AS city,
       tags[1] AS tag,
       notes['wrap'] AS wrap
FROM orders;

-- The larger orders as they come. A CASE wants TRUE or FALSE, so NULL becomes one.
SELECT order_id,
       quantity * price AS total,
       CASE WHEN IFNULL(express, FALSE) THEN 'today' ELSE 'soon' END AS ships
FROM orders
WHERE quantity * price > 39.5
EMIT CHANGES LIMIT 4;
