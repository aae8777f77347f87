CREATE TABLE log (id INT, text TEXT);
-- ${name} in a comment
/* ${name} */
INSERT INTO log VALUES (1, '${name}');
INSERT INTO log VALUES (2, '${NAME}');
INSERT INTO log VALUES (3, '$${name}');
INSERT INTO log VALUES (4, '$$${name}');
INSERT INTO log VALUES (5, '${name}${name}');
INSERT INTO log VALUES (6, '${a.b-c:d}');
INSERT INTO log VALUES (7, '${empty}');
INSERT INTO log VALUES (8, '$ {name} {name} $name');
INSERT INTO log VALUES (9, '#{name} ${inner}');
INSERT INTO log VALUES (10, '$$$${name} $x${name}');
CREATE TABLE ${name} (id INT);
