INSERT INTO journal (event) VALUES ('afterEachMigrate');
