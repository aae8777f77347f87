INSERT INTO journal (event) VALUES ('afterMigrateOperationFinish');
