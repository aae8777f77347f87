INSERT INTO journal (event) VALUES ('afterEachMigrateStatementError');
