CREATE TABLE a AS SELECT current_schema() AS name;
