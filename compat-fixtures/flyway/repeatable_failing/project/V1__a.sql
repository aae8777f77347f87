CREATE TABLE log (id INT, text TEXT);
