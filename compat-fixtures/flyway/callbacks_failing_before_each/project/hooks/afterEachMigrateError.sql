INSERT INTO journal (event) VALUES ('afterEachMigrateError');
