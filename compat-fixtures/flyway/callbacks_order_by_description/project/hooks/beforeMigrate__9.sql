INSERT INTO journal (event) VALUES ('__9');
