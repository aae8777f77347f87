INSERT INTO journal (event) VALUES ('afterMigrateApplied');
