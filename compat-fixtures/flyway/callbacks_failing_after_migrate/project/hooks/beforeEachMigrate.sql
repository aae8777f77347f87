INSERT INTO journal (event) VALUES ('beforeEachMigrate');
