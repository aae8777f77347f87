INSERT INTO journal (event) VALUES ('c');
