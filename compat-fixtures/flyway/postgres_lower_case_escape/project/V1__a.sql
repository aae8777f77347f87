CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, e'it\'s; a');
INSERT INTO log VALUES (2, 'b');
