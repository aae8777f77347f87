CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, '{{name}} ${name} {{flyway-table}} {{a}b}}');
