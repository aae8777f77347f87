INSERT INTO journal (event) VALUES ('a');
