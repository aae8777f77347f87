INSERT INTO journal (event) VALUES ('afterConnect');
