INSERT INTO journal (event) VALUES ('afterBaseline');
