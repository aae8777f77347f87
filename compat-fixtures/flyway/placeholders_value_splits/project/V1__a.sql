CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, 'a')${more}
