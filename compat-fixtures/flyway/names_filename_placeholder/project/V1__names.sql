CREATE TABLE names (name TEXT);
INSERT INTO names VALUES ('${flyway:filename}');
