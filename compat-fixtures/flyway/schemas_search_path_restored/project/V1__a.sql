CREATE SCHEMA side;
SET search_path TO side;
CREATE TABLE a (id INT);
