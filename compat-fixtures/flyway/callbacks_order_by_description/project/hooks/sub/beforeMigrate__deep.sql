INSERT INTO journal (event) VALUES ('deep');
