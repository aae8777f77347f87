INSERT INTO journal (event) VALUES ('__a_b');
