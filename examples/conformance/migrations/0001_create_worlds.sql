CREATE TABLE worlds (
    id INTEGER PRIMARY KEY,
    random_number INTEGER NOT NULL
) STRICT;

WITH RECURSIVE numbers (id) AS (
    SELECT 1
    UNION ALL
    SELECT id + 1 FROM numbers WHERE id < 10000
)
INSERT INTO worlds (id, random_number) SELECT id, (id * 7919) % 10000 + 1 FROM numbers;
