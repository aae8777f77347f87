CREATE TABLE a AS SELECT current_setting('my.value') AS value;
