CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (0, '${flyway:table}');
INSERT INTO log VALUES (1, '${flyway:filename}');
INSERT INTO log VALUES (2, '${flyway:environment}');
