CREATE TABLE log (id INT, text TEXT);
PREPARE one AS INSERT INTO log VALUES ($1, 'a;b');
EXECUTE one(1);
PREPARE two AS INSERT INTO log VALUES ($1, 'c;d');
EXECUTE two(2);
