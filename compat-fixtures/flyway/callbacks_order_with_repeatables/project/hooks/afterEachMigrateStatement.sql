INSERT INTO journal (event) VALUES ('afterEachMigrateStatement');
