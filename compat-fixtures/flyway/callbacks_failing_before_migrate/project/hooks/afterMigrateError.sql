INSERT INTO journal (event) VALUES ('afterMigrateError');
