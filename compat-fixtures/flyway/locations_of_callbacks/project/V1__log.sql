CREATE TABLE log (event TEXT);
