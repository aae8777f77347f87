CREATE TABLE a (id INT, name TEXT);
COPY a (id, name) FROM STDIN;
1	one; two
2	-- ${name}
3	\N
\.
INSERT INTO a VALUES (4, 'after');
