INSERT INTO journal (event) VALUES ('afterMigrate');
