CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, note TEXT);
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 80000)
INSERT INTO item SELECT n, 'item ' || (n * 7919 % 80021), n * 0.37, substr('some text of a length that varies', 1, n % 33)
FROM number;
CREATE INDEX item_name ON item(name);
CREATE INDEX item_note ON item(note, price);
CREATE TABLE sale AS SELECT id, 'item ' || (id * 31 % 80021) AS name, id % 97 AS pieces FROM item;
SELECT count(*), sum(price * pieces) FROM item JOIN sale USING (name);
SELECT note, count(*), avg(price), group_concat(substr(name, 1, 6)) FROM item GROUP BY note ORDER BY 2 LIMIT 3;
UPDATE item SET note = note || ' more' WHERE id % 3 = 0;
DELETE FROM item WHERE id % 5 = 0;
SELECT count(DISTINCT name || note) FROM item;
SELECT max(length(upper(replace(name, 'item', 'piece')))) FROM item;
