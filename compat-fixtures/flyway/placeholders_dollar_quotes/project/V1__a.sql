CREATE TABLE log (id INT, text TEXT);
INSERT INTO log VALUES (1, $tag$${name}$tag$);
INSERT INTO log VALUES (2, $tag$ ${name}$tag$);
INSERT INTO log VALUES (3, $$ ${name}; $$);
