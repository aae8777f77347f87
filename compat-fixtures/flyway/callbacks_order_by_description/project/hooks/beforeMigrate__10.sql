INSERT INTO journal (event) VALUES ('__10');
