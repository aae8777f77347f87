CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, E'it\'s; a');
INSERT INTO log VALUES (2, 'back\slash;');
INSERT INTO log VALUES (3, U&'\D55C;');
CREATE TABLE "odd;name" ("a;b" INT);
INSERT INTO log VALUES (4, 'it''s; b');
/* block; /* nested; */ still */ INSERT INTO log VALUES (5, 'c'); -- trailing; comment
INSERT INTO log VALUES (6, 'd')
