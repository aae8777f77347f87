INSERT INTO journal (event) VALUES ('createSchema');
