CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, 'a');
INSERT INTO log VALUES (2, 'b');
UPDATE log SET text = 'c' WHERE id = 2;
DELETE FROM log WHERE id = 1;
