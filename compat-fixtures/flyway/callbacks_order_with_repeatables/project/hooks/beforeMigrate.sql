INSERT INTO journal (event) VALUES ('beforeMigrate');
