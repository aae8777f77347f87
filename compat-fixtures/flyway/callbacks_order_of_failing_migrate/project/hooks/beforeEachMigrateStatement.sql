INSERT INTO journal (event) VALUES ('beforeEachMigrateStatement');
