INSERT INTO journal (event) VALUES ('afterInfo');
