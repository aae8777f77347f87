INSERT INTO journal (event) VALUES ('afterVersioned');
