INSERT INTO journal (event) VALUES ('beforeBaseline');
