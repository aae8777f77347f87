INSERT INTO journal (event) VALUES ('__Z');
