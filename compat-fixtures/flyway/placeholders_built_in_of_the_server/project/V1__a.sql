CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (0, '${flyway:user}');
INSERT INTO log VALUES (1, '${flyway:database}');
INSERT INTO log VALUES (2, '${flyway:defaultSchema}');
