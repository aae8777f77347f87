INSERT INTO journal (event) VALUES ('plain');
