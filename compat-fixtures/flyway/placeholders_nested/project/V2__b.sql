INSERT INTO log VALUES (9, 'first');
INSERT INTO log VALUES (1, '${a${name}}');
