CREATE TABLE a (name TEXT);
INSERT INTO a VALUES ('xy z!');
