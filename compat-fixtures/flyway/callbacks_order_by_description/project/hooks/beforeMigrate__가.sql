INSERT INTO journal (event) VALUES ('__가');
