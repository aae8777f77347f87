INSERT INTO journal (event) VALUES ('__b');
