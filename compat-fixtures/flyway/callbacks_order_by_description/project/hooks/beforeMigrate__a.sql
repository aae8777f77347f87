INSERT INTO journal (event) VALUES ('__a');
